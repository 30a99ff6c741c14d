import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../run.ts';
import { SetUpError } from '../set-up-error.ts';
import type { Python } from './find-python.ts';
import type { Lock } from './lock.ts';
import { PLATFORMS, type Platform } from './platform.ts';

/** Installing a wheel runs none of its code, building a source package would: wheels only. */
const SAFELY = [
  '--disable-pip-version-check',
  '--no-input',
  '--no-deps',
  '--require-hashes',
  '--only-binary',
  ':all:',
];

/**
 * Makes a virtual environment with the emulator's packages.
 * @throws SetUpError when a package is not what the lock says, or cannot be fetched
 */
export async function installEmulator(
  python: Python,
  lock: Pick<Lock, 'installed'>,
  into: string,
): Promise<void> {
  await run(python.command, ['-m', 'venv', into], { env: pipEnvironment() });
  await runPip([venvPython(into), '-m', 'pip', 'install', ...SAFELY], lock.installed, into);
}

/**
 * Downloads the wheel that carries libxgboost for a platform.
 * @throws SetUpError when it is not what the lock says, or cannot be fetched
 */
export async function downloadWheel(
  python: string,
  platform: Platform,
  lock: Lock,
  into: string,
): Promise<void> {
  const { wheel, tag } = PLATFORMS[platform];
  const download = [python, '-m', 'pip', 'download', ...SAFELY, '--platform', tag, '--dest', into];
  await runPip(download, lock.wheel(wheel), into);
}

export function venvPython(directory: string): string {
  return join(directory, 'bin/python');
}

async function runPip(
  [command = '', ...args]: readonly string[],
  requirements: string,
  aside: string,
): Promise<void> {
  const file = join(aside, 'requirements.txt');
  await writeFile(file, requirements);
  try {
    await run(command, [...args, '-r', file], { env: pipEnvironment() });
  } catch (error) {
    if (!(error as Error).message.includes('DO NOT MATCH THE HASHES')) throw error;
    throw new SetUpError(
      `a downloaded package is not the one that local/engines/requirements.lock names: nothing was installed.\n${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** The user's settings for pip (mirrors, proxies) but none that would install elsewhere. */
function pipEnvironment(): NodeJS.ProcessEnv {
  const {
    PYTHONHOME: _home,
    PYTHONPATH: _path,
    PIP_TARGET: _target,
    PIP_PREFIX: _prefix,
    ...rest
  } = process.env;
  return { ...rest, PIP_USER: '0' };
}
