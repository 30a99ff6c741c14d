import { auc, placementsByRow } from './auc.ts';
import { type Estimate, meanWithError, UNDEFINED } from './interval.ts';
import { twoSidedZ } from './normal.ts';
import { ascendingOrder } from './scored-rows.ts';

export interface ClassAucs {
  /** Of each class against the rest, with DeLong's interval; undefined for a class without rows. */
  readonly classes: readonly Estimate[];
  /** The plain mean of those that are defined. */
  readonly macro: Estimate;
}

/**
 * One-vs-rest AUCs and their mean. The mean is a sum over rows of placements (DeLong's structural
 * components) like each AUC, so its variance is the sum over classes of the variance of those sums
 * within the class; with two classes that is DeLong's. Where the variance is 0 or cannot be had (a class
 * of one row) the interval is the mean of the classes' own, which is wider.
 * Source: Hand and Till, Machine Learning 45, 2001 (the mean); DeLong, DeLong and Clarke-Pearson,
 * Biometrics 44, 1988, and Sen, Calcutta Statistical Association Bulletin 10, 1960 (the variance).
 * @param labels class index a row
 * @param probabilities row-major, rows x `count`
 */
export function classAucs(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  count: number,
  confidence: number,
): ClassAucs {
  const rows = labels.length;
  const support = countClasses(labels, count);
  const parts = new Float64Array(rows);
  const classes = support.map((positives, index) => {
    const scores = Float64Array.from(
      { length: rows },
      (_, row) => probabilities[row * count + index] as number,
    );
    const isClass = Uint8Array.from(labels, (label) => Number(label === index));
    const scored = { labels: isClass, probabilities: scores, positives };
    const order = ascendingOrder(scores);
    placementsByRow(scored, order)?.forEach((placement, row) => {
      const weight = isClass[row] ? 1 : (support[labels[row] as number] as number) / (rows - positives);
      parts[row] = (parts[row] as number) + weight * placement;
    });
    return auc(scored, order, confidence);
  });
  return { classes, macro: macroOf(classes, variance(labels, parts, support), confidence) };
}

export function countClasses(labels: ArrayLike<number>, count: number): number[] {
  const support = new Array<number>(count).fill(0);
  for (let row = 0; row < labels.length; row++) {
    support[labels[row] as number] = (support[labels[row] as number] as number) + 1;
  }
  return support;
}

/** Of the sum of the classes' AUCs. */
function variance(labels: ArrayLike<number>, parts: Float64Array, support: readonly number[]): number | null {
  let total = 0;
  for (const [index, rows] of support.entries()) {
    if (rows === 0) continue;
    const { error } = meanWithError(parts.filter((_, row) => labels[row] === index));
    if (error === null) return null;
    total += error ** 2;
  }
  return total;
}

function macroOf(classes: readonly Estimate[], sumVariance: number | null, confidence: number): Estimate {
  const defined = classes.filter(({ value }) => value !== null) as { [End in keyof Estimate]: number }[];
  if (defined.length === 0) return UNDEFINED;
  const mean = (end: keyof Estimate) => defined.reduce((sum, one) => sum + one[end], 0) / defined.length;
  const value = mean('value');
  if (!sumVariance) return { value, low: mean('low'), high: mean('high') };
  const reach = (twoSidedZ(confidence) * Math.sqrt(sumVariance)) / defined.length;
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}
