import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const STAMP = 'stamp';

/**
 * Builds a directory aside and moves it into place in one step, so that it is there whole or not at all.
 * A directory that carries `stamp` already is left alone. Of two processes that build it at once, one wins.
 * @param stamp names the content: another stamp replaces the directory
 */
export async function publishDirectory(
  directory: string,
  stamp: string,
  build: (into: string) => Promise<void>,
): Promise<void> {
  if (await carriesStamp(directory, stamp)) return;
  await mkdir(dirname(directory), { recursive: true });
  const aside = await mkdtemp(join(dirname(directory), `.${basename(directory)}-`));
  const building = join(aside, 'new');
  try {
    await mkdir(building);
    await build(building);
    await writeFile(join(building, STAMP), stamp);
    await moveIntoPlace(building, directory, stamp, join(aside, 'old'));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

async function moveIntoPlace(
  building: string,
  directory: string,
  stamp: string,
  outdated: string,
): Promise<void> {
  if (await moved(building, directory)) return;
  if (await carriesStamp(directory, stamp)) return; // another process was first, with the same content
  await rename(directory, outdated);
  await moved(building, directory);
}

/** Whether it was moved; false when the target is there already, if only as a link to a directory. */
async function moved(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
    return false;
  }
}

/** Whether the directory was published under this stamp. */
async function carriesStamp(directory: string, stamp: string): Promise<boolean> {
  return (await readFile(join(directory, STAMP), 'utf8').catch(() => '')) === stamp;
}
