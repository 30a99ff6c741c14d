import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
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
  const aside = join(dirname(directory), `.${basename(directory)}-${process.pid}-${Date.now()}`);
  const [building, outdated] = [`${aside}.new`, `${aside}.old`];
  try {
    await mkdir(building);
    await build(building);
    await writeFile(join(building, STAMP), stamp);
    if (await carriesStamp(directory, stamp)) return;
    await rename(directory, outdated).catch(ignore('ENOENT'));
    await rename(building, directory).catch(ignore('ENOTEMPTY', 'EEXIST'));
  } finally {
    await Promise.all([building, outdated].map((path) => rm(path, { recursive: true, force: true })));
  }
}

/** Whether the directory was published under this stamp. */
export async function carriesStamp(directory: string, stamp: string): Promise<boolean> {
  return (await readFile(join(directory, STAMP), 'utf8').catch(() => '')) === stamp;
}

function ignore(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}
