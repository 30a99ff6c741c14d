import { InvalidInputError } from '../errors.ts';
import { auc } from './auc.ts';
import { averagePrecision } from './average-precision.ts';
import { type CalibrationBin, calibration } from './calibration.ts';
import { type Confusion, confusionAt, confusionMetrics } from './confusion.ts';
import { type Estimate, meanEstimate } from './interval.ts';
import { brier, logLoss, rowLosses } from './losses.ts';
import { ascendingOrder, scoredRows } from './scored-rows.ts';

export type BinaryMetric =
  | 'auc'
  | 'averagePrecision'
  | 'logLoss'
  | 'brier'
  | 'ece'
  | 'accuracy'
  | 'precision'
  | 'recall'
  | 'f1';

/** How good the probabilities of a binary model are on labelled rows. Plain JSON. */
export interface BinaryEvaluation {
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

export interface EvaluateOptions {
  /** Probability from which a row is predicted positive, 0 to 1. @default 0.5 */
  readonly threshold?: number;
  /** Bins of the reliability curve, at least 1. @default 10 */
  readonly bins?: number;
  /** Two-sided, within (0, 1). @default 0.95 */
  readonly confidence?: number;
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
  { threshold = 0.5, bins = 10, confidence = 0.95 }: EvaluateOptions = {},
): BinaryEvaluation {
  requireOption('threshold', threshold, threshold >= 0 && threshold <= 1, 'a number in [0, 1]');
  requireOption('bins', bins, Number.isInteger(bins) && bins >= 1, 'a whole number of at least 1');
  requireOption('confidence', confidence, confidence > 0 && confidence < 1, 'a number within (0, 1)');
  const rows = scoredRows(labels, probabilities);
  const order = ascendingOrder(probabilities);
  const curve = calibration(rows, order, bins, confidence);
  const confusion = confusionAt(rows, threshold);
  return {
    rows: labels.length,
    positives: rows.positives,
    baseRate: rows.positives / labels.length,
    confidence,
    metrics: {
      auc: auc(rows, order, confidence),
      averagePrecision: averagePrecision(rows, order, confidence),
      logLoss: meanEstimate(rowLosses(logLoss, labels, probabilities), confidence, [0, Infinity]),
      brier: meanEstimate(rowLosses(brier, labels, probabilities), confidence, [0, 1]),
      ece: { value: curve.ece, low: null, high: null },
      ...confusionMetrics(confusion, confidence),
    },
    confusion,
    calibration: curve,
  };
}

function requireOption(field: string, value: number, holds: boolean, expected: string): void {
  if (!holds) throw new InvalidInputError([{ field, expected, got: String(value) }]);
}
