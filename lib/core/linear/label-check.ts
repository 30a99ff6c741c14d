import { type FieldProblem, InvalidInputError, NotFeasibleError, showValue } from '../errors.ts';
import { isWhole, type Task } from './predictor.ts';

export interface LabelledRows {
  readonly task: Task;
  /** Classes of a multiclass task, 2 or more. */
  readonly classes?: number;
  /** One a row: 0 or 1, the class's index, or the value. */
  readonly labels: Float32Array;
  /** One a row, 0 or more; a row of weight 0 is as if it were not there. @default 1 each */
  readonly weights?: Float32Array;
}

/** @throws InvalidInputError with the first problem of the classes, the labels and the weights */
export function checkLabels(rows: LabelledRows): void {
  const problem = problemsOf(rows).next().value;
  if (problem) throw new InvalidInputError([problem]);
}

function* problemsOf({ task, classes, labels, weights }: LabelledRows): Generator<FieldProblem, undefined> {
  if (task === 'multiclass' && !isWhole(classes, 2)) {
    yield { field: 'classes', expected: 'a whole number, 2 or more', got: showValue(classes) };
  }
  yield* labelProblems(task, classes ?? 2, labels);
  if (weights) yield* weightProblems(weights, labels.length);
}

/** @throws NotFeasibleError when a class has no row with a weight above 0 */
export function requireAllClasses({ task, classes, labels, weights }: LabelledRows): void {
  if (task === 'regression') return;
  const counts = new Array<number>(task === 'binary' ? 2 : (classes as number)).fill(0);
  for (const [row, label] of labels.entries()) {
    if (weights?.[row] !== 0) counts[label] = (counts[label] as number) + 1;
  }
  const missing = counts.indexOf(0);
  if (missing < 0) return;
  throw new NotFeasibleError(
    `labels: expected rows of every class with a weight above 0, got none of class ${missing} (rows by class: ${counts.join(', ')})`,
  );
}

/** Row numbers with a weight above 0. @throws NotFeasibleError when there is none */
export function countedRows(labels: Float32Array, weights?: Float32Array): Uint32Array {
  const rows = Uint32Array.from(labels.keys()).filter((row) => weights?.[row] !== 0);
  if (rows.length === 0) {
    throw new NotFeasibleError(`labels: expected rows with a weight above 0, got none of ${labels.length}`);
  }
  return rows;
}

function* labelProblems(task: Task, classes: number, labels: Float32Array): Generator<FieldProblem> {
  const fits =
    task === 'regression'
      ? Number.isFinite
      : (label: number) => isWhole(label, 0) && label < (task === 'binary' ? 2 : classes);
  const row = labels.findIndex((label) => !fits(label));
  if (row < 0) return;
  const expected = {
    binary: '0 or 1',
    multiclass: `a class, 0 to ${classes - 1}`,
    regression: 'a finite number',
  };
  yield { field: `labels[${row}]`, expected: expected[task], got: showValue(labels[row]) };
}

function* weightProblems(weights: Float32Array, rows: number): Generator<FieldProblem> {
  if (weights.length !== rows) {
    yield { field: 'weights', expected: `one a row, ${rows}`, got: String(weights.length) };
    return;
  }
  const row = weights.findIndex((weight) => !(weight >= 0 && weight < Infinity));
  if (row >= 0) {
    yield { field: `weights[${row}]`, expected: 'a finite number, 0 or more', got: showValue(weights[row]) };
  }
}
