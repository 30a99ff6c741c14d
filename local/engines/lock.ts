import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../work-directory.ts';
import { PLATFORMS } from './platform.ts';

/** One lock, read two ways: what is installed for the emulator, and wheels that are only downloaded. */
export interface Lock {
  readonly sha256: string;
  /** Requirements of the emulator, as pip reads them. */
  readonly installed: string;
  /** Requirement of one wheel that is downloaded and never installed. */
  wheel(name: string): string;
}

export const lockFile = join(root, 'local/engines/requirements.lock');

export async function readLock(file: string = lockFile): Promise<Lock> {
  const text = await readFile(file, 'utf8');
  const requirements = text.split(/^(?=[a-z])/m).filter((part) => /^[a-z]/.test(part));
  const downloaded = new Set<string>(Object.values(PLATFORMS).map(({ wheel }) => wheel));
  const isDownloaded = (requirement: string) => downloaded.has(requirement.split('==')[0] as string);
  return {
    sha256: createHash('sha256').update(text).digest('hex'),
    installed: requirements.filter((requirement) => !isDownloaded(requirement)).join(''),
    wheel: (name) => requirements.filter((requirement) => requirement.startsWith(`${name}==`)).join(''),
  };
}
