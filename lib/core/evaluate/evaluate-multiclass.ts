import type { METRICS } from '../spec/task.ts';
import { bootstrap } from './bootstrap.ts';
import { type Calibration, calibration } from './calibration.ts';
import { confusionMetrics } from './confusion.ts';
import { type Estimate, meanEstimate, wilson } from './interval.ts';
import { lossOf } from './losses.ts';
import { classAucs } from './macro-auc.ts';
import { requireBins, requireConfidence } from './options.ts';
import { ascendingOrder, classCount, requireMulticlassRows } from './scored-rows.ts';
import { topClass } from './top-class.ts';

export type MulticlassMetric = (typeof METRICS)['multiclass'][number];

/** One class against the rest; predicted is the class of the highest probability, the first of equals. */
export interface ClassEvaluation {
  readonly name: string;
  /** Rows of this class. */
  readonly support: number;
  readonly precision: Estimate;
  readonly recall: Estimate;
  readonly f1: Estimate;
  readonly auc: Estimate;
}

/** How good the probabilities of a multiclass model are on labelled rows. Plain JSON. */
export interface MulticlassEvaluation {
  readonly task: 'multiclass';
  readonly rows: number;
  /** Of every interval, for example 0.95. */
  readonly confidence: number;
  readonly classes: readonly string[];
  /** `ece` is of the highest probability and has no interval; `brier` is the sum over classes, 0 to 2. */
  readonly metrics: Readonly<Record<MulticlassMetric, Estimate>>;
  /** Counts of rows: `confusion[actual][predicted]`, in the order of `classes`. */
  readonly confusion: readonly (readonly number[])[];
  readonly perClass: readonly ClassEvaluation[];
  /** Of the highest probability against the share of rows where it is right. */
  readonly calibration: Calibration;
}

export interface MulticlassOptions {
  /** Bins of the reliability curve, at least 1. @default 10 */
  readonly bins?: number | undefined;
  /** Two-sided, within (0, 1). @default 0.95 */
  readonly confidence?: number | undefined;
  /** Of the bootstrap. @default 1 */
  readonly seed?: string | number | undefined;
}

/**
 * Evaluates a multiclass model. `macroF1` is the mean F1 of the classes that occur among labels or
 * predictions, with a bootstrap's interval; `macroAuc` the mean one-vs-rest AUC of the classes that occur.
 * @param labels index into `classes` a row
 * @param probabilities row-major, rows x classes
 * @throws InvalidInputError when there is no row, lengths differ, or a value or option is out of range
 */
export function evaluateMulticlass(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: readonly string[],
  { bins = 10, confidence = 0.95, seed = 1 }: MulticlassOptions = {},
): MulticlassEvaluation {
  requireBins(bins);
  requireConfidence(confidence);
  const count = classCount(classes);
  requireMulticlassRows(labels, probabilities, count);
  const predicted = Uint32Array.from(labels, (_, row) => topClass(probabilities, row, count));
  const cells = countCells(labels, predicted, count);
  const aucs = classAucs(labels, probabilities, count, confidence);
  const curve = topCalibration(labels, probabilities, predicted, count, bins, confidence);
  const perClass = classes.map((name, index) => evaluateClass(name, cells, index, count, confidence));
  const right = classes.reduce((sum, _, index) => sum + (cells[index * (count + 1)] as number), 0);
  const loss = (metric: 'logLoss' | 'brier') =>
    lossOf(metric, 'multiclass', { classes })(labels, probabilities);
  const [macro] = bootstrap(
    labels.length,
    (draws) => [macroF1(countCells(labels, predicted, count, draws), count)],
    { confidence, seed },
  );
  return {
    task: 'multiclass',
    rows: labels.length,
    confidence,
    classes,
    metrics: {
      logLoss: meanEstimate(loss('logLoss'), confidence, [0, Infinity]),
      accuracy: wilson(right, labels.length, confidence),
      macroF1: macro as Estimate,
      macroAuc: aucs.macro,
      brier: meanEstimate(loss('brier'), confidence, [0, 2]),
      ece: { value: curve.ece, low: null, high: null },
    },
    confusion: classes.map((_, index) => Array.from(cells.subarray(index * count, (index + 1) * count))),
    perClass: perClass.map((one, index) => ({ ...one, auc: aucs.classes[index] as Estimate })),
    calibration: curve,
  };
}

/** Rows a cell, [actual * classes + predicted]; each row counts `times`, once unless given. */
function countCells(
  labels: ArrayLike<number>,
  predicted: Uint32Array,
  count: number,
  times?: Uint32Array,
): Float64Array {
  const cells = new Float64Array(count * count);
  for (let row = 0; row < predicted.length; row++) {
    const cell = (labels[row] as number) * count + (predicted[row] as number);
    cells[cell] = (cells[cell] as number) + (times ? (times[row] as number) : 1);
  }
  return cells;
}

function marginsOf(cells: Float64Array, index: number, count: number) {
  let [actual, predicted] = [0, 0];
  for (let other = 0; other < count; other++) {
    actual += cells[index * count + other] as number;
    predicted += cells[other * count + index] as number;
  }
  return { actual, predicted, both: cells[index * (count + 1)] as number };
}

function macroF1(cells: Float64Array, count: number): number {
  let [sum, classes] = [0, 0];
  for (let index = 0; index < count; index++) {
    const { actual, predicted, both } = marginsOf(cells, index, count);
    if (actual + predicted === 0) continue;
    sum += (2 * both) / (actual + predicted);
    classes++;
  }
  return sum / classes;
}

function evaluateClass(
  name: string,
  cells: Float64Array,
  index: number,
  count: number,
  confidence: number,
): Omit<ClassEvaluation, 'auc'> {
  const { actual, predicted, both } = marginsOf(cells, index, count);
  const rows = cells.reduce((sum, rowsOfCell) => sum + rowsOfCell, 0);
  const counts = {
    truePositives: both,
    falsePositives: predicted - both,
    falseNegatives: actual - both,
    trueNegatives: rows - actual - predicted + both,
  };
  const { precision, recall, f1 } = confusionMetrics(counts, confidence);
  return { name, support: actual, precision, recall, f1 };
}

function topCalibration(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  predicted: Uint32Array,
  count: number,
  bins: number,
  confidence: number,
): Calibration {
  const top = Float64Array.from(predicted, (index, row) => probabilities[row * count + index] as number);
  const isRight = Uint8Array.from(predicted, (index, row) => Number(index === labels[row]));
  const positives = isRight.reduce((sum, one) => sum + one, 0);
  return calibration(
    { labels: isRight, probabilities: top, positives },
    ascendingOrder(top),
    bins,
    confidence,
  );
}
