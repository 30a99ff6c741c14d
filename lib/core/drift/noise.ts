import { total } from '../figures.ts';
import { chiSquareCdf, chiSquareQuantile } from './chi-square.ts';
import { psiTerm } from './psi.ts';

/** PSI under no drift, as `scale` times chi-square with `degrees` degrees of freedom; 0 degrees is always 0. */
export interface PsiNoise {
  readonly scale: number;
  readonly degrees: number;
}

/**
 * The sampling noise of PSI between two samples of one distribution.
 * With enough rows in every bin it is (1 / n + 1 / m) times chi-square with k - 1 degrees of freedom, k
 * the bins with a row (Yurdakul and Naranjo, J. Risk Model Validation 14, 2020). Bins that expect few
 * rows have a far heavier term: of 50 levels in 200 rows, that law calls two stable windows in three
 * drifted. Their mean and variance are summed over the binomial distribution instead, and the total
 * is matched to a scaled chi-square (Satterthwaite, Biometrics Bulletin 2, 1946); with no such bin
 * this is the law above, exactly.
 * @param before counts of the baseline, one a bin
 * @param after counts of the window, same bins
 */
export function psiNoise(before: readonly number[], after: readonly number[]): PsiNoise {
  const baselineRows = total(before);
  const windowRows = total(after);
  const scale = 1 / windowRows + 1 / baselineRows;
  const shares = before
    .map((count, bin) => (count + (after[bin] as number)) / (baselineRows + windowRows))
    .filter((share) => share > 0);
  if (shares.length === 1) return { scale, degrees: 0 };
  let mean = 0;
  let variance = 0;
  for (const share of shares) {
    const isDense = Math.min(windowRows, baselineRows) * share >= DENSE;
    const term = isDense
      ? { mean: scale * (1 - share), variance: 2 * scale ** 2 * (1 - share) }
      : termMoments(share, baselineRows, windowRows);
    mean += term.mean;
    variance += term.variance;
  }
  const degrees = Math.max(1, Math.round((2 * mean ** 2) / variance));
  return { scale: mean / degrees, degrees };
}

/** The PSI that noise stays below with `confidence`. */
export function noiseBound({ scale, degrees }: PsiNoise, confidence: number): number {
  return degrees === 0 ? 0 : scale * chiSquareQuantile(confidence, degrees);
}

/** The chance that noise alone reaches `psi`. */
export function noisePValue({ scale, degrees }: PsiNoise, psi: number): number {
  return degrees === 0 ? 1 : 1 - chiSquareCdf(psi / scale, degrees);
}

/** Expected rows from which a bin's count is as good as normal. */
const DENSE = 20;

function termMoments(
  share: number,
  baselineRows: number,
  windowRows: number,
): { mean: number; variance: number } {
  const inWindow = countDistribution(windowRows, share);
  let mean = 0;
  let square = 0;
  for (const baseline of countDistribution(baselineRows, share)) {
    for (const window of inWindow) {
      const weight = baseline.weight * window.weight;
      const term = psiTerm(baseline.share, window.share);
      mean += weight * term;
      square += weight * term ** 2;
    }
  }
  return { mean, variance: square - mean ** 2 };
}

/**
 * The observed share of a bin among `rows` rows, with its chances: every count that matters, or, where
 * the count is as good as normal, the three points of Gauss-Hermite quadrature.
 */
function countDistribution(rows: number, share: number): { share: number; weight: number }[] {
  if (rows * share >= DENSE) {
    const reach = Math.sqrt((3 * share * (1 - share)) / rows);
    return [
      { share: share - reach, weight: 1 / 6 },
      { share, weight: 2 / 3 },
      { share: share + reach, weight: 1 / 6 },
    ];
  }
  const points: { share: number; weight: number }[] = [];
  let weight = Math.exp(rows * Math.log1p(-share));
  for (let count = 0; count <= rows && (count < rows * share || weight > 1e-12); count++) {
    points.push({ share: count / rows, weight });
    weight *= ((rows - count) / (count + 1)) * (share / (1 - share));
  }
  return points;
}
