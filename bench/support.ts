import { join } from 'node:path';
import { pinnedEnvironment } from '#local/engines/pinned-environment.ts';
import { root, workDirectory } from '#local/work-directory.ts';

/** The peers that `bench/<name>/requirements.txt` pins, in an environment of their own. @returns its Python */
export function installPeer(name: string): Promise<string> {
  const requirements = join(root, 'bench', name, 'requirements.txt');
  return pinnedEnvironment(requirements, join(workDirectory, 'bench', `${name}-venv`));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
