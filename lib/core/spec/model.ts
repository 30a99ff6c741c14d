import { z } from 'zod';
import { type Expression, parseExpression, type ValueType } from '../expression/index.ts';
import { ColumnName, checkTwins, columnTypes, DatasetSpec, typeOf } from './dataset.ts';
import { Duration } from './duration.ts';
import { GatesSpec } from './gates.ts';
import { Name, parseSpec, type SpecProblem } from './parse-spec.ts';

const Feature = z.union([
  /** An expression that gives a number or a condition (0 or 1). */
  z.string().transform((expression) => ({ kind: 'number' as const, expression })),
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('number'), expression: z.string() }),
    /** A text expression; its levels are learned, the most frequent `maxLevels` of them. @default 256 */
    z.strictObject({
      kind: z.literal('categorical'),
      expression: z.string(),
      maxLevels: z.number().int().min(2).max(4096).default(256),
    }),
  ]),
]);

const Join = z.strictObject({
  dataset: DatasetSpec,
  /** Column of `from` -> column of the joined dataset. For `asof` one pair is the two time columns. */
  on: z.record(z.string(), z.string()),
  /** `asof`: the newest joined row at or before the row's own time, and not older than `within`. */
  kind: z.enum(['asof', 'exact']).default('exact'),
  /** How old an `asof` row may be; of no meaning for `exact`. @default '1 day' */
  within: Duration.default('1 day'),
});

const Xgboost = z.strictObject({
  kind: z.literal('xgboost'),
  /** Most boosting rounds. @default 300 */
  rounds: z.number().int().min(1).max(10_000).default(300),
  /** Stop when the validation log loss has not improved for so many rounds. @default 20 */
  earlyStop: z.number().int().min(1).max(1000).default(20),
  maxDepth: z.number().int().min(1).max(16).default(6),
  learningRate: z.number().gt(0).max(1).default(0.1),
  minChildWeight: z.number().min(0).default(1),
  subsample: z.number().gt(0).max(1).default(1),
  columnSample: z.number().gt(0).max(1).default(1),
  lambda: z.number().min(0).default(1),
  seed: z.number().int().min(0).max(2_147_483_647).default(1),
});

const ModelShape = z.strictObject({
  name: Name,
  task: z.literal('binary'),
  from: DatasetSpec,
  join: z.array(Join).max(8).default([]),
  /** The condition to predict, over the columns of `from`; rows where it is null have no label. */
  label: z.string(),
  /** Columns known only after the prediction: refused as features. */
  available: z.record(z.string(), z.literal('after')).default({}),
  features: z
    .record(ColumnName, Feature)
    .refine((features) => Object.keys(features).length > 0, 'at least one feature'),
  /** Shares of the labelled rows, newest last: the rest trains, then validation, then test. */
  split: z
    .strictObject({
      by: z.literal('time').default('time'),
      validation: z.number().min(0.01).max(0.4).default(0.15),
      test: z.number().min(0.01).max(0.4).default(0.15),
    })
    .prefault({}),
  /** Fewest labelled rows to train on. @default 1000 */
  minRows: z.number().int().min(100).default(1000),
  algorithm: Xgboost.default(() => Xgboost.parse({ kind: 'xgboost' })),
  gates: GatesSpec.prefault({}),
  /** Who promotes a version that passed its gates. */
  approval: z.literal('automatic').default('automatic'),
  monitor: z
    .strictObject({
      every: Duration.default('1 hour'),
      /** PSI at and above which a column has drifted. @default 0.2 */
      psi: z.number().gt(0).default(0.2),
      /** Fewest predictions in a window that may raise an alarm. @default 200 */
      minRows: z.number().int().min(1).default(200),
    })
    .prefault({}),
});

/** A named model. Plain data: what `defineModel` returns is its own JSON. */
export type ModelSpec = z.output<typeof ModelShape>;
export type ModelInput = z.input<typeof ModelShape>;
export type FeatureSpec = z.output<typeof Feature>;
export type JoinSpec = z.output<typeof Join>;

/** A text feature whose levels are learned from the training rows. */
export const categorical = (expression: string, options: { maxLevels?: number } = {}) => ({
  kind: 'categorical' as const,
  expression,
  ...options,
});

/** Gradient-boosted trees by XGBoost. */
export const xgboost = (options: Omit<z.input<typeof Xgboost>, 'kind'> = {}) => ({
  kind: 'xgboost' as const,
  ...options,
});

/**
 * Declares a model.
 * @throws SpecError naming field, value and what was expected
 */
export function defineModel(input: ModelInput): ModelSpec {
  return parseSpec(ModelShape, input, `model ${JSON.stringify(input?.name)}`, checkModel);
}

/** Columns a model's expressions may use: those of `from`, then joined ones of other names. */
export function modelColumns(model: Pick<ModelSpec, 'from' | 'join'>): Record<string, ValueType> {
  return Object.assign(
    {},
    ...[...model.join].reverse().map((join) => columnTypes(join.dataset)),
    columnTypes(model.from),
  );
}

/** The features' parsed expressions, in the spec's order: the order of the model's columns. */
export function featureExpressions(
  model: ModelSpec,
): { name: string; spec: FeatureSpec; expression: Expression }[] {
  const columns = modelColumns(model);
  return Object.entries(model.features).map(([name, spec]) => ({
    name,
    spec,
    expression: parseExpression(spec.expression, columns),
  }));
}

/** The columns that a prediction needs, sorted by name. */
export function inputColumns(model: ModelSpec): string[] {
  return [...new Set(featureExpressions(model).flatMap(({ expression }) => expression.columns))].sort();
}

/** The dataset that gives `column` to the model's rows. */
export function columnOwner(model: Pick<ModelSpec, 'from' | 'join'>, column: string): DatasetSpec {
  const datasets = [model.from, ...model.join.map((join) => join.dataset)];
  return datasets.find((dataset) => Object.hasOwn(dataset.columns, column)) ?? model.from;
}

function* checkModel(spec: ModelSpec): Iterable<SpecProblem> {
  if (spec.from.time === undefined) {
    yield {
      field: 'from.time',
      expected: `dataset ${spec.from.name} to name its time column`,
      value: undefined,
    };
  }
  for (const [index, join] of spec.join.entries()) yield* checkJoin(spec, join, `join[${index}]`);
  const joined = spec.join.flatMap((join) => Object.keys(join.dataset.columns));
  yield* checkTwins([...new Set([...Object.keys(spec.from.columns), ...joined])], 'columns');
  yield* checkTwins(Object.keys(spec.features), 'features');
  for (const column of Object.keys(spec.available)) {
    if (!typeOf(modelColumns(spec), column)) {
      yield {
        field: `available.${column}`,
        expected: `a column of ${spec.from.name} or a joined dataset`,
        value: column,
      };
    }
  }
  yield* checkExpression(spec.label, columnTypes(spec.from), ['boolean'], 'label');
  for (const [name, feature] of Object.entries(spec.features)) {
    const wanted: ValueType[] = feature.kind === 'categorical' ? ['text'] : ['number', 'boolean'];
    yield* checkExpression(
      feature.expression,
      modelColumns(spec),
      wanted,
      `features.${name}`,
      new Set(Object.keys(spec.available)),
    );
  }
  if (knownBefore(spec)) {
    const expected = 'a condition over at least one column that no feature reads';
    yield { field: 'label', expected, value: spec.label };
  }
  if (spec.split.validation + spec.split.test > 0.6) {
    yield {
      field: 'split',
      expected: 'validation and test to leave at least 0.4 for training',
      value: spec.split,
    };
  }
}

/** Whether the features tell the label: then there is nothing to predict, or a column of it lacks its `after`. */
function knownBefore(spec: ModelSpec): boolean {
  try {
    const known = inputColumns(spec).filter((name) => !Object.hasOwn(spec.available, name));
    return parseExpression(spec.label, columnTypes(spec.from)).columns.every((name) => known.includes(name));
  } catch {
    return false; // an expression that does not parse is named by its own rule
  }
}

function* checkJoin(spec: ModelSpec, join: JoinSpec, field: string): Iterable<SpecProblem> {
  const [left, right] = [columnTypes(spec.from), columnTypes(join.dataset)];
  if (Object.keys(join.on).length === 0)
    yield { field: `${field}.on`, expected: 'at least one pair of columns', value: join.on };
  for (const [from, to] of Object.entries(join.on)) {
    if (!typeOf(left, from))
      yield { field: `${field}.on.${from}`, expected: `a column of ${spec.from.name}`, value: from };
    else if (!typeOf(right, to))
      yield { field: `${field}.on.${from}`, expected: `a column of ${join.dataset.name}`, value: to };
    else if (left[from] !== right[to]) {
      yield {
        field: `${field}.on.${from}`,
        expected: `two columns of one type, not ${left[from]} and ${right[to]}`,
        value: to,
      };
    }
  }
  if (join.kind === 'asof' && (!join.dataset.time || join.on[spec.from.time ?? ''] !== join.dataset.time)) {
    yield {
      field: `${field}.on`,
      expected: `the pair of time columns ${spec.from.time}: ${join.dataset.time}`,
      value: join.on,
    };
  }
}

function* checkExpression(
  source: string,
  columns: Record<string, ValueType>,
  wanted: readonly ValueType[],
  field: string,
  after: ReadonlySet<string> = new Set(),
): Iterable<SpecProblem> {
  try {
    const expression = parseExpression(source, columns);
    const late = expression.columns.filter((column) => after.has(column));
    if (late.length > 0) {
      yield {
        field,
        expected: `no column that is known only afterwards (${late.join(', ')})`,
        value: source,
      };
    }
    if (!wanted.includes(expression.type)) {
      const hint = expression.type === 'text' ? ": wrap it as categorical('...')" : '';
      yield {
        field,
        expected: `an expression of type ${wanted.join(' or ')}, not ${expression.type}${hint}`,
        value: source,
      };
    }
  } catch (error) {
    yield { field, expected: (error as Error).message, value: source };
  }
}
