import { bestFirst, type Direction, type Trial, type TrialResult } from './trial.ts';

/** Finished trials before the first one that is drawn by what they tell. */
const STARTUP_TRIALS = 10;

/** Trials in the order of their numbers, the good ones apart. */
export interface SplitTrials {
  readonly good: readonly Trial[];
  readonly other: readonly Trial[];
}

/**
 * The best min(ceil(0.1 n), 25) of the n trials that completed or were pruned, and the others, `batch` among
 * them. Failed trials are in neither. undefined: too few are finished to tell.
 * @param history by number
 */
export function splitTrials(
  history: readonly TrialResult[],
  batch: readonly Trial[],
  direction: Direction,
): SplitTrials | undefined {
  const ranked = bestFirst(history, direction);
  if (ranked.length < STARTUP_TRIALS) return undefined;
  const good = new Set(ranked.slice(0, Math.min(Math.ceil(0.1 * ranked.length), 25)));
  const finished = history.filter((result) => ranked.includes(result));
  return {
    good: finished.filter((result) => good.has(result)),
    other: [...finished.filter((result) => !good.has(result)), ...batch],
  };
}
