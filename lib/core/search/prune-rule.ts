import { type Direction, isCompleted, type TrialResult } from './trial.ts';

/** After `round` (0-based) a trial is stopped when its best value so far is worse than `value`. */
export interface PruningBar {
  readonly round: number;
  readonly value: number;
}

export interface PruneOptions {
  /** The trial's algorithm: rounds of different ones do not compare. */
  readonly candidate: string;
  readonly direction: Direction;
  /** The first round (0-based) at which a trial may be stopped. */
  readonly warmupRounds: number;
  /** Rounds from one check to the next, 1 or more. */
  readonly everyRounds: number;
  /** Completed trials of the candidate before any trial is stopped. */
  readonly startupTrials: number;
}

/**
 * How boosted trees are pruned that may grow `rounds` rounds. A third of them is warm-up: small learning
 * rates and shallow trees start slowly and often end best, and an early median would stop just these.
 */
export function boostingPruning(rounds: number) {
  return { warmupRounds: Math.ceil(rounds / 3), everyRounds: 10, startupTrials: 5 };
}

/**
 * The median stopping rule as data, rounds ascending: a trial's best so far against the median of the
 * completed trials' best up to the same round. A trial that stopped early by itself keeps its best for
 * later rounds; pruned and failed trials are not counted.
 * Source: Golovin et al., Google Vizier, KDD 2017, section 3.2.1, with the best value in place of the running
 * average and with warm-up, interval and start-up as in Optuna's MedianPruner.
 */
export function pruneRule(
  history: readonly TrialResult[],
  { candidate, direction, warmupRounds, everyRounds, startupTrials }: PruneOptions,
): PruningBar[] {
  const completed = history.filter((result) => result.candidate === candidate && isCompleted(result));
  if (completed.length < startupTrials) return [];
  const curves = completed.flatMap(({ curve }) => (curve?.length ? [curve] : []));
  const last = Math.max(-1, ...curves.map((curve) => curve.at(-1)?.[0] as number));
  const checks: PruningBar[] = [];
  for (let round = warmupRounds; round <= last; round += everyRounds) {
    const bests = curves.flatMap((curve) => bestUpTo(curve, round, direction) ?? []);
    if (bests.length > 0) checks.push({ round, value: median(bests) });
  }
  return checks;
}

function bestUpTo(
  curve: NonNullable<TrialResult['curve']>,
  round: number,
  direction: Direction,
): number | undefined {
  const values = curve.filter(([at]) => at <= round).map(([, value]) => value);
  if (values.length === 0) return undefined;
  return values.reduce((best, value) =>
    direction === 'maximize' ? Math.max(best, value) : Math.min(best, value),
  );
}

/** The mean of the two in the middle when their number is even. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
}
