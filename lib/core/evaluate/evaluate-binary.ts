import type { METRICS } from '../spec/task.ts';
import { auc } from './auc.ts';
import { averagePrecision } from './average-precision.ts';
import { type CalibrationBin, calibration } from './calibration.ts';
import { type Confusion, confusionAt, confusionMetrics } from './confusion.ts';
import { type Estimate, meanEstimate } from './interval.ts';
import { lossOf } from './losses.ts';
import { requireBins, requireConfidence, requireOption } from './options.ts';
import { ascendingOrder, scoredRows } from './scored-rows.ts';

export type BinaryMetric = (typeof METRICS)['binary'][number];

/** How good the probabilities of a binary model are on labelled rows. Plain JSON. */
export interface BinaryEvaluation {
  readonly task: 'binary';
  readonly rows: number;
  readonly positives: number;
  /** Share of positives. */
  readonly baseRate: number;
  /** Of every interval, for example 0.95. */
  readonly confidence: number;
  /** `ece` has no interval; `accuracy`, `precision`, `recall` and `f1` are at the confusion's threshold. */
  readonly metrics: Readonly<Record<BinaryMetric, Estimate>>;
  readonly confusion: Confusion;
  readonly calibration: { readonly ece: number; readonly bins: readonly CalibrationBin[] };
}

export interface BinaryOptions {
  /** Probability from which a row is predicted positive, 0 to 1. @default 0.5 */
  readonly threshold?: number | undefined;
  /** Bins of the reliability curve, at least 1. @default 10 */
  readonly bins?: number | undefined;
  /** Two-sided, within (0, 1). @default 0.95 */
  readonly confidence?: number | undefined;
}

/**
 * Evaluates a binary model. With one class only, what ranks (`auc`) is null and what is a mean over
 * rows (`logLoss`, `brier`, `accuracy`) still has its answer. The order of rows never matters but for
 * the last digits.
 * @param labels 0 or 1 a row
 * @param probabilities of a 1, in [0, 1], as many as labels
 * @throws InvalidInputError when there is no row, lengths differ, or a value or option is out of range
 */
export function evaluateBinary(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  { threshold = 0.5, bins = 10, confidence = 0.95 }: BinaryOptions = {},
): BinaryEvaluation {
  requireOption('threshold', threshold, threshold >= 0 && threshold <= 1, 'a number in [0, 1]');
  requireBins(bins);
  requireConfidence(confidence);
  const rows = scoredRows(labels, probabilities);
  const order = ascendingOrder(probabilities);
  const curve = calibration(rows, order, bins, confidence);
  const confusion = confusionAt(rows, threshold);
  return {
    task: 'binary',
    rows: labels.length,
    positives: rows.positives,
    baseRate: rows.positives / labels.length,
    confidence,
    metrics: {
      auc: auc(rows, order, confidence),
      averagePrecision: averagePrecision(rows, order, confidence),
      logLoss: meanEstimate(lossOf('logLoss', 'binary')(labels, probabilities), confidence, [0, Infinity]),
      brier: meanEstimate(lossOf('brier', 'binary')(labels, probabilities), confidence, [0, 1]),
      ece: { value: curve.ece, low: null, high: null },
      ...confusionMetrics(confusion, confidence),
    },
    confusion,
    calibration: curve,
  };
}
