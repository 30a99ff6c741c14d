import { InvalidInputError, showValue } from '../errors.ts';
import type { Task } from '../spec/task.ts';

/** Rows with a known 0/1 label and the predicted probability of a 1. */
export interface ScoredRows {
  readonly labels: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  readonly positives: number;
}

/**
 * Checks what every measure relies on, once.
 * @throws InvalidInputError when there is no row, lengths differ, a label is not 0 or 1, or a
 * probability is not in [0, 1]; `field` is the probabilities' name in the message
 */
export function scoredRows(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  field = 'probabilities',
): ScoredRows {
  requireLengths(labels, probabilities, 1, field);
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    const probability = probabilities[row] as number;
    if (label !== 0 && label !== 1) refuse(`labels[${row}]`, '0 or 1', String(label));
    if (!(probability >= 0 && probability <= 1)) {
      refuse(`${field}[${row}]`, 'a probability in [0, 1]', String(probability));
    }
    if (label === 1) positives++;
  }
  return { labels, probabilities, positives };
}

/**
 * @throws InvalidInputError when there is no row, lengths differ, or a label or prediction is not a
 * finite number
 */
export function requireRegressionRows(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  field = 'predictions',
): void {
  requireLengths(labels, predictions, 1, field);
  for (let row = 0; row < labels.length; row++) {
    if (!Number.isFinite(labels[row])) refuse(`labels[${row}]`, 'a finite number', String(labels[row]));
    if (!Number.isFinite(predictions[row])) {
      refuse(`${field}[${row}]`, 'a finite number', String(predictions[row]));
    }
  }
}

/** Float32 probabilities of many classes add up to 1 but for rounding. */
const ADDS_UP = 1e-3;

/**
 * @throws InvalidInputError when there is no row, lengths differ, a label is no class index, a
 * probability is not in [0, 1], or a row's probabilities do not add up to 1 (within 0.001)
 */
export function requireMulticlassRows(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  field = 'probabilities',
): void {
  requireLengths(labels, probabilities, classes, field);
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] as number;
    if (!(Number.isInteger(label) && label >= 0 && label < classes)) {
      refuse(`labels[${row}]`, `a class index from 0 to ${classes - 1}`, String(label));
    }
    let sum = 0;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      const probability = probabilities[at] as number;
      if (!(probability >= 0 && probability <= 1)) {
        refuse(`${field}[${at}]`, 'a probability in [0, 1]', String(probability));
      }
      sum += probability;
    }
    if (Math.abs(sum - 1) > ADDS_UP) {
      refuse(`${field} of row ${row}`, 'probabilities that add up to 1', String(sum));
    }
  }
}

/** @throws InvalidInputError when there are fewer than 2 */
export function classCount(classes: readonly string[] | undefined): number {
  if (classes && classes.length >= 2) return classes.length;
  refuse('classes', 'the names of at least 2 classes', showValue(classes));
}

/**
 * Checks rows of any task; `classes` are those of a multiclass model.
 * @throws InvalidInputError as the task's own check does; `field` is the scores' name in the message
 */
export function requireScores(
  task: Task,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  classes: readonly string[] | undefined,
  field: string,
): void {
  if (task === 'binary') scoredRows(labels, scores, field);
  else if (task === 'regression') requireRegressionRows(labels, scores, field);
  else requireMulticlassRows(labels, scores, classCount(classes), field);
}

/** Row numbers from the lowest to the highest probability. */
export function ascendingOrder(probabilities: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(probabilities, (_, row) => row).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
}

/**
 * Walks `order` in runs of equal probability: [start, end) positions within it.
 * Every measure treats tied rows as one, so that no answer depends on the order of rows.
 */
export function* tiedRuns(
  probabilities: ArrayLike<number>,
  order: Uint32Array,
): Generator<{ start: number; end: number }> {
  for (let start = 0, end = 0; start < order.length; start = end) {
    const probability = probabilities[order[start] as number];
    while (end < order.length && probabilities[order[end] as number] === probability) end++;
    yield { start, end };
  }
}

function requireLengths(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  outputs: number,
  field: string,
): void {
  if (labels.length === 0) refuse('labels', 'at least 1 row', '0 rows');
  if (scores.length !== labels.length * outputs) {
    const many = outputs === 1 ? 'as many as labels' : `${outputs} a row`;
    refuse(field, `${labels.length * outputs} values, ${many}`, `${scores.length} values`);
  }
}

function refuse(field: string, expected: string, got: string): never {
  throw new InvalidInputError([{ field, expected, got }]);
}
