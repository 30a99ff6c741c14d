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

/** The medians of what runs of both sides cost, as a bench's line. A ratio above 1 is in our favour. */
export function compareMedians(
  facts: {
    readonly work: string;
    readonly peer: string;
    readonly peerVersion: string;
    readonly unit: string;
    readonly goal: number;
  },
  ours: readonly number[],
  theirs: readonly number[],
) {
  const [a, b] = [median(ours), median(theirs)];
  return { ...facts, ours: a, theirs: b, ratio: b / a, holds: b / a >= facts.goal };
}
