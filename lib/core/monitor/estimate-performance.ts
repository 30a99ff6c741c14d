import type { ExactSum } from '../drift/exact-sum.ts';
import type { AnswerCounts, BinaryCounts, MulticlassCounts } from './answer-counts.ts';
import type { PerformanceEstimate } from './report.ts';

/**
 * What the metrics are expected to be if every probability is right: of a row with probability p, p is how often the
 * label is true. AN ESTIMATE WITHOUT TRUTH: it knows of inputs that are harder, not of a world where the same inputs
 * come to mean something else. All of it is exact but for rounding, with one exception: `expectedAuc`.
 * Source: confidence-based performance estimation, NannyML, "Estimating performance for binary classification",
 * https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html (expected confusion, and for AUC
 * the curve of expected true and false positive rates); for many classes the same of each.
 * @param answers of one version; null of no rows, and of numbers, which say nothing of their own confidence
 * @param watched the metric that the model is watched by
 * @returns null where `answers` is
 */
export function estimatePerformance(
  answers: AnswerCounts | null,
  watched: string,
): PerformanceEstimate | null {
  if (answers === null) return null;
  const found = 'bins' in answers ? binaryMetrics(answers) : multiclassMetrics(answers);
  // What these rows do not define is left out.
  const metrics = Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)));
  return {
    method: 'confidence-based',
    rows: answers.rows,
    watched: watched in metrics ? watched : null,
    metrics,
  };
}

function binaryMetrics({ rows, logLoss, brier, bins }: BinaryCounts): Record<string, number> {
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0];
  for (const { positive, rows: members, expected } of bins) {
    if (positive) {
      truePositives += rounded(expected);
      falsePositives += members - rounded(expected);
    } else falseNegatives += rounded(expected);
  }
  const wrong = falsePositives + falseNegatives;
  return {
    auc: expectedAuc(bins),
    logLoss: rounded(logLoss) / rows,
    brier: rounded(brier) / rows,
    accuracy: 1 - wrong / rows,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / (truePositives + falseNegatives),
    f1: (2 * truePositives) / (2 * truePositives + wrong),
  };
}

/**
 * The area under expected true positives against expected false positives: a row is p of a positive and 1 - p of a
 * negative, so that it ties with itself. NaN where no label, or every one, is expected to be true.
 *
 * Rows of one bin are taken to tie, which makes the area at most s/128 too low, and never too high: s is the share of
 * pairs of a positive and a negative whose rows are in one bin, 1 when all rows are, about 1/100 when they are spread
 * over a hundred bins. (A pair of rows p > q loses (p - q) / 2; of n rows in a bin of width w from a on, that is
 * together at most w n^2 / 8, and a bin's w is at most a / 32.) Rows nearer than 1e-9 to 0 or 1 tie with each other.
 */
function expectedAuc(bins: BinaryCounts['bins']): number {
  let [positives, negatives, area] = [0, 0, 0];
  for (const { rows, expected } of bins) {
    const [positive, negative] = [rounded(expected), rows - rounded(expected)];
    area += positive * (negatives + negative / 2);
    positives += positive;
    negatives += negative;
  }
  return area / (positives * negatives);
}

/** Macro F1 is over the classes that are answered, or expected once at least. */
function multiclassMetrics({ rows, logLoss, brier, classes }: MulticlassCounts): Record<string, number> {
  const counted = classes.map(({ rows: predicted, expected, right }) => ({
    ...{ predicted, actual: rounded(expected), both: rounded(right) },
  }));
  const f1s = counted.flatMap(({ predicted, actual, both }) =>
    predicted > 0 || actual >= 1 ? [(2 * both) / (actual + predicted)] : [],
  );
  return {
    logLoss: rounded(logLoss) / rows,
    accuracy: counted.reduce((total, { both }) => total + both, 0) / rows,
    macroF1: f1s.reduce((total, f1) => total + f1, 0) / f1s.length,
    brier: rounded(brier) / rows,
  };
}

const rounded = (sum: ExactSum): number => sum[0] ?? 0;
