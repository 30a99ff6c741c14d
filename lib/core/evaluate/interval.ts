import { twoSidedZ } from './normal.ts';

/**
 * A measure with its two-sided interval. null: these rows do not define it (JSON has no NaN);
 * a defined value can have an undefined interval, such as the mean of one row.
 */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export const UNDEFINED: Estimate = { value: null, low: null, high: null };

/** Arithmetic mean and the mean's standard error, s / sqrt(n) with s over n - 1; null below 2 values. */
export function meanWithError(values: Float64Array): { mean: number; error: number | null } {
  const mean = sum(values, (value) => value) / values.length;
  if (values.length < 2) return { mean, error: null };
  const squares = sum(values, (value) => (value - mean) ** 2);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * Mean of per-row losses with the central limit theorem's normal interval, mean +- z s / sqrt(n),
 * cut at `floor` and `ceiling`, the loss's own range. Undefined where the losses are.
 */
export function meanEstimate(
  losses: Float64Array | null,
  confidence: number,
  [floor, ceiling]: readonly [number, number],
): Estimate {
  if (!losses) return UNDEFINED;
  const { mean, error } = meanWithError(losses);
  if (error === null) return { value: mean, low: null, high: null };
  const reach = twoSidedZ(confidence) * error;
  return { value: mean, low: Math.max(floor, mean - reach), high: Math.min(ceiling, mean + reach) };
}

/**
 * Share of `hits` in `trials` with Wilson's score interval, which stays inside [0, 1] and has a width
 * at 0 and 1 too. Undefined without trials. `hits` may be a fraction (an effective count).
 * Source: Wilson, JASA 22, 1927; Brown, Cai and DasGupta, Statistical Science 16, 2001.
 */
export function wilson(hits: number, trials: number, confidence: number): Estimate {
  if (trials === 0) return UNDEFINED;
  const share = hits / trials;
  return {
    value: share,
    low: wilsonLow(share, trials, confidence),
    high: 1 - wilsonLow(1 - share, trials, confidence),
  };
}

/** The lower root as share^2 / upper root: subtracting would leave -1e-18 where the answer is 0. */
function wilsonLow(share: number, trials: number, confidence: number): number {
  const z2n = twoSidedZ(confidence) ** 2 / trials;
  return share ** 2 / (share + z2n / 2 + Math.sqrt(z2n * share * (1 - share) + (z2n / 2) ** 2));
}

/** Kahan's compensated sum: a million rows lose no digits. */
function sum(values: Float64Array, map: (value: number) => number): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const part = map(value) - lost;
    const next = total + part;
    lost = next - total - part;
    total = next;
  }
  return total;
}
