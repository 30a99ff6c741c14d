import { binomialCdf, logBinomial } from './binomial.ts';

/**
 * The chance that a sound challenger is taken back by one of the tests, however often it is looked at: a rollout is
 * judged again every few seconds, and an ordinary test at any level fails in the end when it is repeated.
 */
export const LEVEL = 0.001;
/** Each half of a test that bounds what the champion does, and compares the challenger with the bound. */
export const HALF_LEVEL = LEVEL / 2;

/**
 * Is the share of hits above `share`? A p-value that may be looked at after every trial: over all looks together the
 * chance that it ever falls to a is at most a. It is 1 over the likelihood ratio of a share that is uniform in
 * (share, 1) to `share` itself, which has mean 1 while the share is `share`, less when it is smaller; Ville's
 * inequality does the rest.
 * Source: Robbins, Annals of Mathematical Statistics 41, 1970; Howard, Ramdas, McAuliffe and Sekhon, Annals of
 * Statistics 49, 2021, the one-sided beta-binomial mixture.
 */
export function sharePValue(hits: number, trials: number, share: number): number {
  if (hits <= trials * share) return 1;
  const likelihood = Math.exp(logBinomial(hits, trials, share));
  return Math.min(1, (likelihood * (trials + 1) * (1 - share)) / binomialCdf(hits, trials + 1, share));
}

/** The share that the true one stays below at `HALF_LEVEL`, however often it is asked: `sharePValue` of the misses, inverted. */
export function upperShare(hits: number, trials: number): number {
  let low = trials === 0 ? 1 : hits / trials;
  let high = 1;
  while (high - low > 1e-7) {
    const middle = (low + high) / 2;
    if (sharePValue(trials - hits, trials, 1 - middle) > HALF_LEVEL) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * How many of the smallest observations the true quantile stays below at `HALF_LEVEL`, however often it is asked:
 * the fewest of which more than the share cannot be below it. Undefined: it may be above all of them.
 * @param share of observations that are below the quantile
 */
export function upperQuantile(trials: number, share: number): number | undefined {
  let low = Math.floor(trials * share);
  let high = trials;
  if (sharePValue(high, trials, share) > HALF_LEVEL) return undefined;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (sharePValue(middle, trials, share) > HALF_LEVEL) low = middle;
    else high = middle;
  }
  return high;
}

/** The r at which `meanBoundary` is tightest, about -2 ln(2 LEVEL) + ln(1 - 2 ln(2 LEVEL)). */
const TIGHTEST = 15;

/**
 * How many standard errors a mean may be above its limit, at `LEVEL` over all looks together.
 * sqrt(2 (1 + 1 / r) ln(1 + sqrt(r + 1) / (2 a))): 4.0 where it is tightest, growing like the iterated logarithm.
 * Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas, Time-uniform central limit theory and asymptotic
 * confidence sequences, Annals of Statistics 52, 2024, the one-sided boundary.
 * @param observations seen so far
 * @param tightest how many observations make it tightest
 */
export function meanBoundary(observations: number, tightest: number): number {
  const r = (TIGHTEST * observations) / tightest;
  return Math.sqrt(2 * (1 + 1 / r) * Math.log(1 + Math.sqrt(r + 1) / (2 * LEVEL)));
}
