import { total } from '../figures.ts';
import { chiSquareCdf } from './chi-square.ts';

export interface Homogeneity {
  /** sum((observed - expected)^2 / expected) over both samples. */
  readonly statistic: number;
  /** Bins with a row, less one. */
  readonly degrees: number;
  /** Chance of a statistic this large without drift. */
  readonly pValue: number;
}

/**
 * Chi-square test of homogeneity of two samples, without Yates' correction. Bins without a row on either side are left
 * out; where one bin is left, nothing can differ and the p-value is 1.
 * Source: Pearson, Biometrika 8, 1911.
 * @param before counts of the baseline, one a bin
 * @param after counts of the window, same bins
 * @returns null when a side has no row
 */
export function homogeneity(before: readonly number[], after: readonly number[]): Homogeneity | null {
  const [n, m] = [total(before), total(after)];
  if (n === 0 || m === 0) return null;
  let statistic = 0;
  let bins = 0;
  for (const [bin, count] of before.entries()) {
    const other = after[bin] as number;
    if (count + other === 0) continue;
    bins++;
    // Both samples' terms at once: their distances from what is expected are the same.
    statistic += (count * m - other * n) ** 2 / (n * m * (count + other));
  }
  const degrees = bins - 1;
  return { statistic, degrees, pValue: degrees === 0 ? 1 : 1 - chiSquareCdf(statistic, degrees) };
}
