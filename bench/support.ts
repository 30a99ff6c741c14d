import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findPython } from '#local/engines/find-python.ts';
import { publishDirectory } from '#local/publish-directory.ts';
import { run } from '#local/run.ts';
import { root, workDirectory } from '#local/work-directory.ts';

/** The peers that `bench/<name>/requirements.txt` pins, in an environment of their own. @returns its Python */
export async function installPeer(name: string): Promise<string> {
  const requirements = join(root, 'bench', name, 'requirements.txt');
  const directory = join(workDirectory, 'bench', `${name}-venv`);
  await publishDirectory(directory, await readFile(requirements, 'utf8'), async (into) => {
    const { command } = await findPython();
    await run(command, ['-m', 'venv', into]);
    const install = ['-m', 'pip', 'install', '--only-binary', ':all:', '-r', requirements];
    await run(join(into, 'bin/python'), install);
  });
  return join(directory, 'bin/python');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
