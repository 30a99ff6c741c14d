import { type FieldProblem, InvalidInputError, showValue } from '../errors.ts';

/** Row-major features, rows x columns; NaN = missing; a categorical feature holds its level's index. */
export interface FeatureMatrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export type Task = 'binary' | 'multiclass' | 'regression';

/** What serves a model of this library: the shape of the port `Predictor`. */
export interface ModelPredictor {
  /** Columns a matrix must have. */
  readonly columns: number;
  /** Scores a row: one a class for multiclass, else 1. */
  readonly outputs: number;
  /** Rows x outputs: the probability of label 1, the value, or the probability of each class. */
  scores(features: FeatureMatrix): Float32Array;
  /** Rows x outputs, before the link: log odds, the value, or the logarithm of each class's weight. */
  margins(features: FeatureMatrix): Float32Array;
  /** Rows x outputs x (columns + 1), row-major; the last of a run is the bias; a run sums to its margin. */
  contributions(features: FeatureMatrix): Float32Array;
  close(): void;
}

/** A model as a sum: what each column of one row adds to each margin. */
export interface AdditiveModel {
  readonly task: Task;
  readonly columns: number;
  readonly outputs: number;
  /** Fills `parts`, outputs x (columns + 1), for the row whose values start at `start`. */
  explainRow(values: Float32Array, start: number, parts: Float64Array): void;
}

/** Margins, scores and contributions of an additive model; all sums are in float64, rounded once. */
export function additivePredictor(model: AdditiveModel): ModelPredictor {
  const { columns, outputs } = model;
  let isOpen = true;
  const parts = new Float64Array(outputs * (columns + 1));
  const eachRow = (features: FeatureMatrix, use: (row: number) => void) => {
    const problem = isOpen
      ? matrixProblem(features, columns)
      : { field: 'model', expected: 'an open model', got: 'a closed one' };
    if (problem) throw new InvalidInputError([problem]);
    for (let row = 0; row < features.rows; row++) {
      model.explainRow(features.values, row * columns, parts);
      use(row);
    }
  };
  const sums = (features: FeatureMatrix, link: (margins: Float64Array) => void) => {
    const result = new Float32Array(features.rows * outputs);
    const margins = new Float64Array(outputs);
    eachRow(features, (row) => {
      for (let output = 0; output < outputs; output++) {
        let margin = 0;
        const end = (output + 1) * (columns + 1);
        for (let at = end - columns - 1; at < end; at++) margin += parts[at] as number;
        margins[output] = margin;
      }
      link(margins);
      result.set(margins, row * outputs);
    });
    return result;
  };
  const scores = (features: FeatureMatrix) => sums(features, LINKS[model.task]);
  return {
    columns,
    outputs,
    scores,
    margins: (features) => sums(features, LINKS.regression),
    contributions(features) {
      const result = new Float32Array(features.rows * parts.length);
      eachRow(features, (row) => result.set(parts, row * parts.length));
      return result;
    },
    close() {
      isOpen = false;
    },
  };
}

/** Margins to scores, in place. */
const LINKS: Record<Task, (margins: Float64Array) => void> = {
  regression: () => {},
  binary: (margins) => {
    margins[0] = sigmoid(margins[0] as number);
  },
  multiclass: softmax,
};

export function sigmoid(margin: number): number {
  return 1 / (1 + Math.exp(-margin));
}

/** In place; the largest is taken off first, so nothing overflows. */
export function softmax(margins: Float64Array): void {
  let highest = -Infinity;
  for (const margin of margins) highest = Math.max(highest, margin);
  let total = 0;
  for (let k = 0; k < margins.length; k++) total += margins[k] = Math.exp((margins[k] as number) - highest);
  for (let k = 0; k < margins.length; k++) margins[k] = (margins[k] as number) / total;
}

/** The first reason why a matrix is not `columns` wide, filled and finite. */
export function matrixProblem(
  { rows, columns, values }: FeatureMatrix,
  expectedColumns: number,
): FieldProblem | undefined {
  if (!isWhole(rows, 1)) {
    return { field: 'features.rows', expected: 'a whole number, 1 or more', got: showValue(rows) };
  }
  if (columns !== expectedColumns) {
    return { field: 'features.columns', expected: String(expectedColumns), got: showValue(columns) };
  }
  if (values.length !== rows * columns) {
    const expected = `rows x columns = ${rows} x ${columns} = ${rows * columns} numbers`;
    return { field: 'features.values', expected, got: String(values.length) };
  }
  const index = values.findIndex((value) => Math.abs(value) === Infinity);
  if (index < 0) return undefined;
  const field = `features[${Math.floor(index / columns)}][${index % columns}]`;
  return { field, expected: 'a finite float32 or NaN for missing', got: showValue(values[index]) };
}

export function isWhole(value: unknown, from: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= from;
}
