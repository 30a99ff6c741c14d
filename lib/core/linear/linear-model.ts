import { type FieldProblem, InvalidInputError, showValue } from '../errors.ts';
import { isWhole, type Task } from './predictor.ts';

/**
 * A linear model as plain JSON. margin[k] = intercept[k] + sum over the features of
 * - a number x: weights[k] (x - mean) / scale; missing: missing.weights[k], 0 without `missing`
 * - a category: levels[level][k]; missing or no such level: missing.weights[k], 0 without `missing`
 * with k the output: one a class for multiclass, else only 0.
 */
export interface LinearModel {
  readonly format: 1;
  readonly kind: 'linear';
  readonly task: Task;
  /** The penalty it was fitted with. */
  readonly l2: number;
  readonly intercept: readonly number[];
  /** In the matrix's column order. */
  readonly features: readonly LinearFeature[];
}

export type LinearFeature = NumberFeature | CategoricalFeature;

interface FeatureBase {
  readonly name: string;
  /** Present where the training rows had some, but not only, missing values. */
  readonly missing?: {
    /** Weighted share of the training rows, in (0, 1). */
    readonly share: number;
    readonly weights: readonly number[];
  };
}

export interface NumberFeature extends FeatureBase {
  readonly kind: 'number';
  /** Weighted mean of the training rows that have a value. */
  readonly mean: number;
  /** Their weighted standard deviation (over n), above 0; 1 for a column that does not vary. */
  readonly scale: number;
  /** One an output; 0 for a column that does not vary. */
  readonly weights: readonly number[];
}

export interface CategoricalFeature extends FeatureBase {
  readonly kind: 'categorical';
  /** Weights of each level, one an output; 0 for a level that no training row has. */
  readonly levels: readonly (readonly number[])[];
  /** Weighted share of the training rows, one a level, in [0, 1]. */
  readonly shares: readonly number[];
}

/**
 * A model read from JSON, checked field by field: a wrong file is refused before it answers.
 * @throws InvalidInputError naming the first wrong field, such as `features[2].scale`
 */
export function parseLinearModel(input: unknown): LinearModel {
  const model = asRecord(input);
  const problem = modelProblems(model).next().value;
  if (problem) throw new InvalidInputError([problem]);
  return input as LinearModel;
}

type Json = Readonly<Record<string, unknown>>;

function* modelProblems(model: Json): Generator<FieldProblem, undefined> {
  yield* unless(model.format === 1, 'format', '1', model.format);
  yield* unless(model.kind === 'linear', 'kind', '"linear"', model.kind);
  const task = model.task as string;
  const isTask = ['binary', 'multiclass', 'regression'].includes(task);
  yield* unless(isTask, 'task', 'binary, multiclass or regression', task);
  yield* unless(isFiniteFrom(model.l2, 0), 'l2', 'a finite number, 0 or more', model.l2);
  const intercept = model.intercept;
  const outputs = Array.isArray(intercept) ? intercept.length : 0;
  const isCount = task === 'multiclass' ? outputs >= 2 : outputs === 1;
  const count = task === 'multiclass' ? '2 or more finite numbers' : '1 finite number';
  yield* unless(isCount && isNumbers(intercept, outputs), 'intercept', count, intercept);
  const features = model.features;
  yield* unless(Array.isArray(features) && features.length > 0, 'features', '1 or more', features);
  for (const [index, feature] of (features as unknown[]).entries()) {
    yield* featureProblems(asRecord(feature), `features[${index}]`, outputs);
  }
}

function* featureProblems(feature: Json, path: string, outputs: number): Generator<FieldProblem> {
  const { name, kind, missing, mean, scale, weights, levels, shares } = feature;
  const numbers = `${outputs} finite number${outputs === 1 ? '' : 's'}`;
  yield* unless(typeof name === 'string', `${path}.name`, 'a text', name);
  yield* unless(kind === 'number' || kind === 'categorical', `${path}.kind`, 'number or categorical', kind);
  if (missing !== undefined) {
    const { share, weights: own } = asRecord(missing);
    yield* unless(isShare(share), `${path}.missing.share`, 'a share in [0, 1]', share);
    yield* unless(isNumbers(own, outputs), `${path}.missing.weights`, numbers, own);
  }
  if (kind === 'number') {
    yield* unless(Number.isFinite(mean), `${path}.mean`, 'a finite number', mean);
    const isScale = isFiniteFrom(scale, 0) && scale !== 0;
    yield* unless(isScale, `${path}.scale`, 'a finite number above 0', scale);
    yield* unless(isNumbers(weights, outputs), `${path}.weights`, numbers, weights);
    return;
  }
  const count = Array.isArray(levels) ? levels.length : 0;
  yield* unless(isWhole(count, 1), `${path}.levels`, '1 or more levels', levels);
  for (const [level, own] of (levels as unknown[]).entries()) {
    yield* unless(isNumbers(own, outputs), `${path}.levels[${level}]`, numbers, own);
  }
  const isShares = Array.isArray(shares) && shares.length === count && shares.every(isShare);
  yield* unless(isShares, `${path}.shares`, `${count} shares in [0, 1]`, shares);
}

function* unless(holds: boolean, field: string, expected: string, value: unknown): Generator<FieldProblem> {
  if (!holds) yield { field, expected, got: showValue(value) };
}

function asRecord(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function isNumbers(value: unknown, count: number): boolean {
  return Array.isArray(value) && value.length === count && value.every(Number.isFinite);
}

function isFiniteFrom(value: unknown, from: number): boolean {
  return Number.isFinite(value) && (value as number) >= from;
}

function isShare(value: unknown): boolean {
  return isFiniteFrom(value, 0) && (value as number) <= 1;
}
