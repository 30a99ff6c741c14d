/** Below it the factorial is a product, from it on Stirling's series is exact to the last digits. */
const SERIES_FROM = 20;

/** ln P(X = hits) for X binomial with `trials` trials of chance `share`, 0 to 1; -Infinity when it cannot be. */
export function logBinomial(hits: number, trials: number, share: number): number {
  const misses = trials - hits;
  const choices = logFactorial(trials) - logFactorial(hits) - logFactorial(misses);
  return choices + (hits && hits * Math.log(share)) + (misses && misses * Math.log1p(-share));
}

/** P(X <= hits) for X binomial. The smaller tail is summed, from its largest term on: nothing cancels. */
export function binomialCdf(hits: number, trials: number, share: number): number {
  if (hits >= trials || share === 0) return 1;
  if (share === 1) return 0;
  const odds = share / (1 - share);
  if (hits < trials * share) {
    return tail(logBinomial(hits, trials, share), hits, (count) => count / (trials - count + 1) / odds, -1);
  }
  const above = hits + 1;
  return (
    1 - tail(logBinomial(above, trials, share), above, (count) => ((trials - count) / (count + 1)) * odds, 1)
  );
}

/** Sum of terms that fall from the first one on. @param ratio of the next term to that of a count */
function tail(logFirst: number, first: number, ratio: (count: number) => number, step: 1 | -1): number {
  let sum = 0;
  let term = 1;
  for (let count = first; term > sum * 1e-17; count += step) {
    sum += term;
    term *= ratio(count);
  }
  return Math.min(1, Math.exp(logFirst) * sum);
}

/** ln n!. Source: Stirling's series, Abramowitz and Stegun 6.1.41. */
function logFactorial(n: number): number {
  if (n < SERIES_FROM) {
    let product = 1;
    for (let factor = 2; factor <= n; factor++) product *= factor;
    return Math.log(product);
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5) - 1 / (1680 * n ** 7);
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + series;
}
