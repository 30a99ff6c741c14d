import { SearchFailedError } from './errors.ts';
import { bestFirst, type CompletedTrial, type Direction, isCompleted, type TrialResult } from './trial.ts';

/** A trial with its place, without its curve. */
export interface LeaderboardEntry extends Omit<TrialResult, 'curve'> {
  /** From 1. */
  readonly rank: number;
}

/**
 * The completed trial with the best value; of equals the one proposed first.
 * @throws SearchFailedError when none is completed: names the most frequent cause
 */
export function pickWinner(results: readonly TrialResult[], direction: Direction): CompletedTrial {
  const [best] = bestFirst(results, direction);
  if (best && isCompleted(best)) return best;
  throw new SearchFailedError(results.length, causes(results));
}

/** Completed trials, the best first, then pruned ones, those that came furthest first, then failed ones. Plain JSON. */
export function leaderboard(results: readonly TrialResult[], direction: Direction): LeaderboardEntry[] {
  const ranked = bestFirst(results, direction);
  const failed = results.filter((result) => !ranked.includes(result)).sort((a, b) => a.number - b.number);
  return [...ranked, ...failed].map(({ curve: _, ...result }, index) => ({ rank: index + 1, ...result }));
}

/** Cause -> trials, the most frequent first. */
function causes(results: readonly TrialResult[]): [cause: string, trials: number][] {
  const counts = new Map<string, number>();
  for (const { status, value, error } of results) {
    const cause =
      status === 'pruned' ? 'pruned' : (error ?? (status === 'failed' ? 'no error told' : `value ${value}`));
    counts.set(cause, (counts.get(cause) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]);
}
