import { type FieldProblem, InvalidInputError, NotFeasibleError, showValue } from '#core/errors.ts';
import type {
  Matrix,
  TrainingFeature,
  TrainingParameters,
  TrainingRequest,
  TrainingSet,
} from '#ports/trainer.ts';

/**
 * Refuses what C would read past the end of, or silently train nonsense from.
 * @throws InvalidInputError with the first problem of each part
 * @throws NotFeasibleError when a class is missing
 */
export function checkTrainingRequest({ train, validation, features, parameters }: TrainingRequest): void {
  const problems = [
    ...featureProblems(features),
    ...setProblems('train', train, features),
    ...(validation ? setProblems('validation', validation, features) : []),
    ...parameterProblems(parameters, validation !== undefined),
  ];
  if (problems.length > 0) throw new InvalidInputError(problems);
  requireClasses('train', train, 2);
  if (validation) requireClasses('validation', validation, parameters.metric === 'auc' ? 2 : 1);
}

/** The first reason why `matrix` is not `columns` wide, filled and finite. */
export function* matrixProblems(
  field: string,
  { rows, columns, values }: Matrix,
  expectedColumns: number,
  columnName: (column: number) => string = (column) => `[${column}]`,
): Generator<FieldProblem> {
  if (!isWhole(rows, 1)) {
    yield { field: `${field}.rows`, expected: 'a whole number, 1 or more', got: showValue(rows) };
  } else if (columns !== expectedColumns) {
    yield { field: `${field}.columns`, expected: String(expectedColumns), got: showValue(columns) };
  } else if (values.length !== rows * columns) {
    const expected = `rows x columns = ${rows} x ${columns} = ${rows * columns} numbers`;
    yield { field: `${field}.values`, expected, got: String(values.length) };
  } else {
    const index = values.findIndex((value) => Math.abs(value) === Infinity);
    if (index < 0) return;
    const cell = `${field}[${Math.floor(index / columns)}]${columnName(index % columns)}`;
    yield { field: cell, expected: 'a finite float32 or NaN for missing', got: showValue(values[index]) };
  }
}

function* featureProblems(features: readonly TrainingFeature[]): Generator<FieldProblem> {
  if (features.length === 0) yield { field: 'features', expected: 'at least 1', got: '0' };
  const seen = new Set<string>();
  for (const [column, { name, levels }] of features.entries()) {
    const field = `features[${column}]`;
    // XGBoost's Python package refuses these three characters, so the file would not be portable.
    if (!/^[^[\]<\0]+$/.test(name)) {
      yield { field: `${field}.name`, expected: 'a text without [, ] and <', got: showValue(name) };
    }
    if (seen.has(name)) yield { field: `${field}.name`, expected: 'a name of its own', got: showValue(name) };
    if (levels !== undefined && !isWhole(levels, 1)) {
      yield { field: `${field}.levels`, expected: 'a whole number, 1 or more', got: showValue(levels) };
    }
    seen.add(name);
  }
}

function* setProblems(
  name: string,
  { features: matrix, labels, weights }: TrainingSet,
  features: readonly TrainingFeature[],
): Generator<FieldProblem> {
  const columnName = (column: number) => `.${features[column]?.name}`;
  const problems = [...matrixProblems(`${name}.features`, matrix, features.length, columnName)];
  yield* problems;
  if (problems.length > 0) return;
  yield* categoryProblems(`${name}.features`, matrix, features);
  yield* columnProblems(
    `${name}.labels`,
    labels,
    matrix.rows,
    '0 or 1',
    (value) => value === 0 || value === 1,
  );
  if (weights === undefined) return;
  const isWeight = (value: number) => value >= 0 && value < Infinity;
  yield* columnProblems(`${name}.weights`, weights, matrix.rows, 'a finite number, 0 or more', isWeight);
}

function* categoryProblems(
  field: string,
  { columns, values }: Matrix,
  features: readonly TrainingFeature[],
): Generator<FieldProblem> {
  for (const [column, { name, levels }] of features.entries()) {
    if (levels === undefined) continue;
    for (let index = column; index < values.length; index += columns) {
      const value = values[index] as number;
      if (Number.isNaN(value) || (isWhole(value, 0) && value < levels)) continue;
      const expected = `a level's index, 0 to ${levels - 1}, or NaN for missing`;
      yield { field: `${field}[${(index - column) / columns}].${name}`, expected, got: showValue(value) };
      break;
    }
  }
}

function* columnProblems(
  field: string,
  values: Float32Array,
  rows: number,
  expected: string,
  fits: (value: number) => boolean,
): Generator<FieldProblem> {
  if (values.length !== rows) {
    yield { field, expected: `one a row, ${rows}`, got: String(values.length) };
    return;
  }
  const row = values.findIndex((value) => !fits(value));
  if (row >= 0) yield { field: `${field}[${row}]`, expected, got: showValue(values[row]) };
}

function* parameterProblems(parameters: TrainingParameters, hasValidation: boolean): Generator<FieldProblem> {
  const least: Record<string, number> = { rounds: 1, earlyStop: 1, seed: 0, threads: 1 };
  for (const [name, value] of Object.entries(parameters)) {
    const from = least[name];
    const field = `parameters.${name}`;
    if (from !== undefined && value !== undefined && !isWhole(value, from)) {
      yield { field, expected: `a whole number, ${from} or more`, got: showValue(value) };
    } else if (typeof value === 'number' && !Number.isFinite(value)) {
      yield { field, expected: 'a finite number', got: showValue(value) };
    }
  }
  if (parameters.earlyStop !== undefined && !hasValidation) {
    yield { field: 'validation', expected: 'rows to stop early by', got: 'none' };
  }
}

/** Rows of weight 0 do not count: a class that only they hold has no probability to start from. */
function requireClasses(name: string, { labels, weights }: TrainingSet, classes: 1 | 2): void {
  const counts = [0, 0];
  for (const [row, label] of labels.entries()) {
    if (weights === undefined || (weights[row] as number) > 0) counts[label] = (counts[label] ?? 0) + 1;
  }
  if (counts.filter((count) => count > 0).length >= classes) return;
  const expected = classes === 2 ? 'rows of both labels' : 'rows';
  throw new NotFeasibleError(
    `${name}: expected ${expected} with a weight above 0, got ${counts[0]} rows of label 0 and ${counts[1]} of label 1`,
  );
}

function isWhole(value: unknown, from: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= from;
}
