import { type FieldProblem, InvalidInputError, NotFeasibleError, showValue } from '#core/errors.ts';
import type {
  TrainingFeature,
  TrainingObjective,
  TrainingParameters,
  TrainingRequest,
  TrainingSet,
} from '#ports/trainer.ts';
import { parameterProblems } from './check-parameters.ts';
import { firstNoLevel, firstOutside, isWhole, matrixProblems } from './check-values.ts';

/** Largest finite float32. */
const MOST = (2 - 2 ** -23) * 2 ** 127;

/**
 * Refuses what C would read past the end of, or silently train nonsense from.
 * @throws InvalidInputError with the first problem of each part
 * @throws NotFeasibleError when no row counts, a class is missing, or every count is 0
 */
export function checkTrainingRequest(request: TrainingRequest): void {
  const { train, validation, features, parameters } = request;
  const problems = [...featureProblems(features), ...parameterProblems(parameters, features)];
  const classes = classesOf(parameters);
  if (problems.every(({ field }) => !/\.(objective|classes)$/.test(field))) {
    problems.push(...setProblems('train', train, features, parameters.objective, classes));
    if (validation) {
      problems.push(...setProblems('validation', validation, features, parameters.objective, classes));
    }
  }
  problems.push(...validationProblems(request));
  if (problems.length > 0) throw new InvalidInputError(problems);
  requireRows('train', train);
  if (classes > 0) requireClasses('train', train, classes);
  if (isCount(parameters.objective)) requirePositive(train);
  if (!validation) return;
  requireRows('validation', validation);
  const { metric } = parameters;
  if (metric === 'auc' || metric === 'aucpr') requireClasses('validation', validation, classes);
}

/** Labels 0 to this - 1; 0 when labels are no classes. */
function classesOf({ objective, classes = 0 }: TrainingParameters): number {
  return objective === 'binary:logistic' ? 2 : classes;
}

function isCount(objective: TrainingObjective): boolean {
  return objective === 'count:poisson' || objective === 'reg:tweedie';
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
    if (levels !== undefined && !isWhole(levels, 1, 65_536)) {
      yield { field: `${field}.levels`, expected: 'a whole number, 1 to 65536', got: showValue(levels) };
    }
    seen.add(name);
  }
}

function* setProblems(
  name: string,
  { features: matrix, labels, weights }: TrainingSet,
  features: readonly TrainingFeature[],
  objective: TrainingObjective,
  classes: number,
): Generator<FieldProblem> {
  const columnName = (column: number) => `.${features[column]?.name}`;
  const problems = [...matrixProblems(`${name}.features`, matrix, features.length, columnName)];
  yield* problems;
  if (problems.length > 0) return;
  for (const [column, { levels }] of features.entries()) {
    const row = levels === undefined ? -1 : firstNoLevel(matrix, column, levels);
    if (row < 0) continue;
    const field = `${name}.features[${row}]${columnName(column)}`;
    const expected = `a level's index, 0 to ${(levels as number) - 1}, or NaN for missing`;
    yield { field, expected, got: showValue(matrix.values[row * matrix.columns + column]) };
  }
  const label = labelRange(objective, classes);
  yield* columnProblems(`${name}.labels`, labels, matrix.rows, label);
  const weight = { least: 0, most: MOST, whole: false, expected: 'a finite number, 0 or more' };
  if (weights) yield* columnProblems(`${name}.weights`, weights, matrix.rows, weight);
}

interface ValueRange {
  readonly least: number;
  readonly most: number;
  readonly whole: boolean;
  readonly expected: string;
}

function labelRange(objective: TrainingObjective, classes: number): ValueRange {
  if (classes > 0) {
    const expected = classes === 2 ? '0 or 1' : `a class's index, 0 to ${classes - 1}`;
    return { least: 0, most: classes - 1, whole: true, expected };
  }
  if (isCount(objective))
    return { least: 0, most: MOST, whole: false, expected: 'a finite number, 0 or more' };
  return { least: -MOST, most: MOST, whole: false, expected: 'a finite number' };
}

function* columnProblems(
  field: string,
  values: Float32Array,
  rows: number,
  { least, most, whole, expected }: ValueRange,
): Generator<FieldProblem> {
  if (values.length !== rows) {
    yield { field, expected: `one a row, ${rows}`, got: String(values.length) };
    return;
  }
  const row = firstOutside(values, least, most, whole);
  if (row >= 0) yield { field: `${field}[${row}]`, expected, got: showValue(values[row]) };
}

function* validationProblems({
  validation,
  parameters,
  prune = [],
}: TrainingRequest): Generator<FieldProblem> {
  if (!validation && parameters.earlyStop !== undefined) {
    yield { field: 'validation', expected: 'rows to stop early by', got: 'none' };
  }
  if (!validation && prune.length > 0) {
    yield { field: 'validation', expected: 'rows to prune by', got: 'none' };
  }
  for (const [index, { round, value }] of prune.entries()) {
    const field = `prune[${index}]`;
    if (!isWhole(round, 0)) {
      yield { field: `${field}.round`, expected: 'a whole number, 0 or more', got: showValue(round) };
    }
    if (!Number.isFinite(value)) {
      yield { field: `${field}.value`, expected: 'a finite number', got: showValue(value) };
    }
  }
}

/** Rows of weight 0 do not count: a mean over them is 0 / 0. */
function requireRows(name: string, { weights }: TrainingSet): void {
  if (weights === undefined || firstOutside(weights, 0, 0, false) >= 0) return;
  throw new NotFeasibleError(`${name}: expected rows with a weight above 0, got none`);
}

/** A class without rows has no probability to start from, and no area under its curve. */
function requireClasses(name: string, { labels, weights }: TrainingSet, classes: number): void {
  const counts = new Float64Array(classes);
  for (let row = 0; row < labels.length; row++) {
    if (weights === undefined || (weights[row] as number) > 0) (counts[labels[row] as number] as number)++;
  }
  if (!counts.includes(0)) return;
  throw new NotFeasibleError(
    `${name}: expected rows of every label 0 to ${classes - 1} with a weight above 0, got none of label ${counts.indexOf(0)}`,
  );
}

/** The logarithm of a mean of 0 is no number to start from. */
function requirePositive({ labels, weights }: TrainingSet): void {
  for (let row = 0; row < labels.length; row++) {
    if ((labels[row] as number) > 0 && (weights === undefined || (weights[row] as number) > 0)) return;
  }
  throw new NotFeasibleError('train: expected a label above 0 with a weight above 0, got only labels of 0');
}
