import { parseExpression, type ValueType } from '../expression/index.ts';
import { checkAlgorithm, checkSearch } from './check-algorithm.ts';
import { checkTwins, columnTypes, typeOf } from './dataset.ts';
import { durationSeconds } from './duration.ts';
import type { JoinSpec, ModelSpec } from './model.ts';
import { inputColumns, modelColumns } from './model-columns.ts';
import type { SpecProblem } from './parse-spec.ts';
import { comparedMetrics, METRICS } from './task.ts';

/** What a model must be that its shape alone cannot say. */
export function* checkModel(spec: ModelSpec): Iterable<SpecProblem> {
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
  yield* checkExpression(spec.label, columnTypes(spec.from), [LABEL_TYPE[spec.task]], 'label');
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
  yield* checkMethod(spec);
  yield* checkRollout(spec);
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

const LABEL_TYPE = { binary: 'boolean', multiclass: 'text', regression: 'number' } as const;

/** What only some tasks and algorithms have. */
function* checkMethod(spec: ModelSpec): Iterable<SpecProblem> {
  const { task, gates } = spec;
  yield* checkAlgorithm(spec);
  yield* checkSearch(spec);
  const metrics: readonly string[] = METRICS[task];
  for (const metric of Object.keys(gates.metrics)) {
    if (!metrics.includes(metric)) {
      yield {
        field: `gates.metrics.${metric}`,
        expected: `a metric of a ${task} model: ${metrics.join(', ')}`,
        value: metric,
      };
    }
  }
  const compared = comparedMetrics(task);
  if (gates.champion && !compared.includes(gates.champion.metric)) {
    yield {
      field: 'gates.champion.metric',
      expected: `one of ${compared.join(', ')}`,
      value: gates.champion.metric,
    };
  }
  if (task !== 'binary' && spec.calibration !== 'none') {
    yield { field: 'calibration', expected: `none for a ${task} model`, value: spec.calibration };
  }
  if (task !== 'binary' && spec.threshold !== 0.5) {
    yield { field: 'threshold', expected: `none for a ${task} model`, value: spec.threshold };
  }
  if (task !== 'binary' && gates.fairness.length > 0) {
    yield { field: 'gates.fairness', expected: `none for a ${task} model`, value: gates.fairness };
  }
  const columns = modelColumns(spec);
  for (const [index, { by, metric }] of gates.slices.entries()) {
    yield* checkExpression(by, columns, ['text', 'boolean'], `gates.slices[${index}].by`);
    if (metric !== undefined && !metrics.includes(metric)) {
      yield {
        field: `gates.slices[${index}].metric`,
        expected: `one of ${metrics.join(', ')}`,
        value: metric,
      };
    }
  }
  for (const [index, { group }] of gates.fairness.entries()) {
    yield* checkExpression(group, columns, ['text', 'boolean'], `gates.fairness[${index}].group`);
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

/** A rollout is watched until it ends: by an execution, whose history is limited. */
const LONGEST_ROLLOUT_SECONDS = 7 * 86_400;

function* checkRollout({ rollout, ...spec }: ModelSpec): Iterable<SpecProblem> {
  const { shadow, canary, stickTo } = rollout;
  for (const [index, { percent }] of canary.entries()) {
    const before = canary[index - 1]?.percent ?? 0;
    if (percent <= before) {
      const expected = `more than the step before it (${before})`;
      yield { field: `rollout.canary[${index}].percent`, expected, value: percent };
    }
  }
  const lengths = [...(shadow ? [shadow] : []), ...canary.map((step) => step.for)];
  const seconds = lengths.reduce((sum, length) => sum + durationSeconds(length), 0);
  if (seconds > LONGEST_ROLLOUT_SECONDS) {
    yield { field: 'rollout', expected: 'at most 7 days in all', value: `${seconds} s` };
  }
  if (stickTo === undefined) return;
  const known = [...inputColumns({ ...spec, rollout }), ...spec.from.key, spec.from.time];
  if (!known.includes(stickTo)) {
    const expected = 'a column that a feature reads, or of the key of the dataset';
    yield { field: 'rollout.stickTo', expected, value: stickTo };
  }
}
