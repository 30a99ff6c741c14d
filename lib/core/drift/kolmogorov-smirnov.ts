import { total } from '../figures.ts';

/** Up to this many pairs of rows the p-value is exact: some milliseconds. */
const EXACT_PAIRS = 1e6;

export interface KolmogorovSmirnov {
  /** The largest distance of the two distribution functions, in [0, 1]. */
  readonly statistic: number;
  /** Chance of a distance this large without drift, two-sided. */
  readonly pValue: number;
}

/**
 * Two-sample Kolmogorov-Smirnov test over ordered bins: D = max |F(cut) - G(cut)|. Between two cuts the distance may be
 * larger, and values that tie make it smaller, so that the p-value of continuous values errs on the safe side.
 * Source: Hodges, Arkiv för Matematik 3, 1958 (exact: paths on a grid); Smirnov, 1939 (above 1e6 pairs of rows).
 * @param before counts of the baseline, in order
 * @param after counts of the window, same bins
 * @returns null when a side has no row
 */
export function kolmogorovSmirnov(
  before: readonly number[],
  after: readonly number[],
): KolmogorovSmirnov | null {
  const [n, m] = [total(before), total(after)];
  if (n === 0 || m === 0) return null;
  let [below, belowAfter, farthest] = [0, 0, 0];
  for (const [bin, count] of before.entries()) {
    below += count;
    belowAfter += after[bin] as number;
    farthest = Math.max(farthest, Math.abs(below * m - belowAfter * n));
  }
  const statistic = farthest / (n * m);
  return {
    statistic,
    pValue:
      n * m <= EXACT_PAIRS
        ? exactPValue(farthest, n, m)
        : kolmogorovTail(statistic * Math.sqrt((n / (n + m)) * m)),
  };
}

/**
 * The share of orders of n + m values in which |i m - j n| reaches `farthest` somewhere, i and j being how many values of
 * each sample came so far. Only shares are added, so that a small chance keeps its digits.
 */
function exactPValue(farthest: number, n: number, m: number): number {
  if (farthest === 0) return 1;
  const reached = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      const before = i === 0 ? 0 : (reached[j] as number) * (i / (i + j));
      const beside = j === 0 ? 0 : (reached[j - 1] as number) * (j / (i + j));
      reached[j] = Math.abs(i * m - j * n) >= farthest ? 1 : before + beside;
    }
  }
  return reached[m] as number;
}

/** P(K > x) of Kolmogorov's limiting law: below 1 by Jacobi's form of the series, which converges there. */
function kolmogorovTail(x: number): number {
  if (x < 0.1) return 1;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k <= 15; k += 2) sum += Math.exp(-((k * Math.PI) ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  for (let k = 1; k <= 8; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * x) ** 2);
  return sum;
}
