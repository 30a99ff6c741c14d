import { readFile } from 'node:fs/promises';
import { publishDirectory } from '../publish-directory.ts';
import { run } from '../run.ts';
import { findPython } from './find-python.ts';
import { venvPython } from './pip.ts';

/** An environment with the packages that a requirements file pins, made on first use. @returns its Python */
export async function pinnedEnvironment(requirements: string, directory: string): Promise<string> {
  await publishDirectory(directory, await readFile(requirements, 'utf8'), async (into) => {
    const { command } = await findPython();
    await run(command, ['-m', 'venv', into]);
    const install = [
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
      '--no-compile',
    ];
    await run(venvPython(into), [...install, '-r', requirements]);
  });
  return venvPython(directory);
}
