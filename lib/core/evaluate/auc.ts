import { type Estimate, meanWithError, UNDEFINED } from './interval.ts';
import { twoSidedZ } from './normal.ts';
import { ascendingOrder, type ScoredRows, scoredRows, tiedRuns } from './scored-rows.ts';

/** Two AUCs on the same rows. A null variance: a class has fewer than 2 rows. */
export interface PairedAuc {
  readonly first: number;
  readonly second: number;
  /** first - second. */
  readonly difference: number;
  /** Variance of the difference. */
  readonly variance: number | null;
}

/**
 * Area under the ROC curve, ties counted half, with DeLong's interval. Undefined when a class has no row.
 * The normal interval is cut to [0, 1]. Where DeLong's variance is 0 or cannot be had (perfect
 * separation, all tied, a class of one row) the interval is Newcombe's, which has a width there too.
 */
export function auc(rows: ScoredRows, order: Uint32Array, confidence: number): Estimate {
  const placed = placements(rows, order);
  if (!placed) return UNDEFINED;
  const { mean: value, variance } = delong(placed);
  if (!variance) return newcombe(value, placed.positives.length, placed.negatives.length, confidence);
  const reach = twoSidedZ(confidence) * Math.sqrt(variance);
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/**
 * The difference of two AUCs on the same rows, with the covariance between them.
 * null when a class has no row.
 * Source: DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988; in O(n log n) after Sun and Xu,
 * IEEE Signal Processing Letters 21, 2014.
 * @throws InvalidInputError as `scoredRows` does
 */
export function delongPaired(
  labels: ArrayLike<number>,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
): PairedAuc | null {
  const a = placements(scoredRows(labels, first, 'first'), ascendingOrder(first));
  const b = placements(scoredRows(labels, second, 'second'), ascendingOrder(second));
  if (!a || !b) return null;
  const change = {
    positives: a.positives.map((value, index) => value - (b.positives[index] as number)),
    negatives: a.negatives.map((value, index) => value - (b.negatives[index] as number)),
  };
  const { mean: difference, variance } = delong(change);
  return { first: delong(a).mean, second: delong(b).mean, difference, variance };
}

/** Of each positive the share of negatives below it, of each negative the share of positives above it. */
interface Placements {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * The mean over the positives with DeLong's variance: that of the positives' mean plus that of the
 * negatives'. Taken over the differences of two placements it is var1 + var2 - 2 cov.
 */
function delong({ positives, negatives }: Placements): { mean: number; variance: number | null } {
  const { mean, error } = meanWithError(positives);
  const { error: otherError } = meanWithError(negatives);
  return { mean, variance: error === null || otherError === null ? null : error ** 2 + otherError ** 2 };
}

function placements(rows: ScoredRows, order: Uint32Array): Placements | null {
  const byRow = placementsByRow(rows, order);
  return (
    byRow && {
      positives: byRow.filter((_, row) => rows.labels[row] === 1),
      negatives: byRow.filter((_, row) => rows.labels[row] === 0),
    }
  );
}

/**
 * Of each row its placement among the other class, in row order; ties count half. null when a class
 * has no row. One sorted pass gives what Sun and Xu take from three mid-rankings.
 */
export function placementsByRow(
  { labels, probabilities, positives }: ScoredRows,
  order: Uint32Array,
): Float64Array | null {
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return null;
  const byRow = new Float64Array(labels.length);
  let positivesBelow = 0;
  let negativesBelow = 0;
  for (const { start, end } of tiedRuns(probabilities, order)) {
    let tiedPositives = 0;
    for (let at = start; at < end; at++) tiedPositives += labels[order[at] as number] as number;
    const tiedNegatives = end - start - tiedPositives;
    const ofPositive = (negativesBelow + tiedNegatives / 2) / negatives;
    const ofNegative = 1 - (positivesBelow + tiedPositives / 2) / positives;
    for (let at = start; at < end; at++) {
      const row = order[at] as number;
      byRow[row] = labels[row] === 1 ? ofPositive : ofNegative;
    }
    positivesBelow += tiedPositives;
    negativesBelow += tiedNegatives;
  }
  return byRow;
}

/**
 * Interval of an AUC from its value and the class sizes alone: where |value - t| = z sqrt(V(t)).
 * Source: Newcombe, Statistics in Medicine 25, 2006, method 5.
 */
function newcombe(value: number, positives: number, negatives: number, confidence: number): Estimate {
  const z = twoSidedZ(confidence);
  const half = (positives + negatives) / 2 - 1;
  const isInside = (t: number) => {
    const spread = 1 + half * ((1 - t) / (2 - t) + t / (1 + t));
    return Math.abs(value - t) <= z * Math.sqrt((t * (1 - t) * spread) / (positives * negatives));
  };
  return {
    value,
    low: value === 0 ? 0 : bisect(0, value, isInside),
    high: value === 1 ? 1 : bisect(1, value, isInside),
  };
}

/** The border between `outside` and `inside`, to 1e-15. */
function bisect(outside: number, inside: number, isInside: (t: number) => boolean): number {
  let [out, within] = [outside, inside];
  while (Math.abs(out - within) > 1e-15) {
    const middle = (out + within) / 2;
    if (isInside(middle)) within = middle;
    else out = middle;
  }
  return within;
}
