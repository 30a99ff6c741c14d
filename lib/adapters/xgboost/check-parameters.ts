import { type FieldProblem, showValue } from '#core/errors.ts';
import {
  TRAINING_METRICS,
  type TrainingFeature,
  type TrainingObjective,
  type TrainingParameters,
} from '#ports/trainer.ts';
import { isWhole } from './check-values.ts';

/** A whole number from `least` to `most`, or a number in an interval whose ends may be left out. */
type Range =
  | { readonly whole: readonly [least: number, most: number] }
  | { readonly above?: number; readonly from?: number; readonly below?: number; readonly to?: number };

const share: Range = { above: 0, to: 1 };
const penalty: Range = { from: 0 };

const RANGES: Readonly<Record<string, Range>> = {
  classes: { whole: [2, 1024] },
  quantile: { above: 0, below: 1 },
  tweediePower: { above: 1, below: 2 },
  rounds: { whole: [1, Infinity] },
  earlyStop: { whole: [1, Infinity] },
  treesPerRound: { whole: [1, 100_000] },
  maxDepth: { whole: [1, 30] }, // a tree's nodes are counted in 32 bits
  learningRate: share,
  minChildWeight: penalty,
  subsample: share,
  columnSample: share,
  columnSampleByNode: share,
  lambda: penalty,
  alpha: penalty,
  gamma: penalty,
  maxBins: { whole: [2, 65_536] },
  maxCatToOnehot: { whole: [1, 65_536] },
  maxCatThreshold: { whole: [1, 65_536] },
  seed: { whole: [0, Infinity] },
  threads: { whole: [1, 256] }, // libgomp ends the process when it cannot start a thread
};

const REQUIRED = ['rounds', 'seed', 'threads'];

/** Parameters of one objective alone. */
const ONLY_WITH: Readonly<Record<string, TrainingObjective>> = {
  classes: 'multi:softprob',
  quantile: 'reg:quantileerror',
  tweediePower: 'reg:tweedie',
};

export function* parameterProblems(
  parameters: TrainingParameters,
  features: readonly TrainingFeature[],
): Generator<FieldProblem> {
  const { objective, metric, monotone = {}, interactions = [] } = parameters;
  if (!Object.hasOwn(TRAINING_METRICS, objective)) {
    const expected = Object.keys(TRAINING_METRICS).join(', ');
    yield { field: 'parameters.objective', expected, got: showValue(objective) };
    return;
  }
  const metrics: readonly string[] = TRAINING_METRICS[objective];
  if (metric !== undefined && !metrics.includes(metric)) {
    const expected = `${metrics.join(', ')} for ${objective}`;
    yield { field: 'parameters.metric', expected, got: showValue(metric) };
  }
  for (const [name, range] of Object.entries(RANGES)) {
    yield* numberProblems(name, range, parameters);
  }
  yield* monotoneProblems(monotone, features);
  yield* interactionProblems(interactions, features);
}

function* numberProblems(
  name: string,
  range: Range,
  parameters: TrainingParameters,
): Generator<FieldProblem> {
  const { objective } = parameters;
  const value: unknown = parameters[name as keyof TrainingParameters];
  const field = `parameters.${name}`;
  const owner = ONLY_WITH[name];
  if (owner !== undefined && owner !== objective && value !== undefined) {
    yield { field, expected: `nothing for ${objective}`, got: showValue(value) };
  } else if (value === undefined) {
    const isRequired = REQUIRED.includes(name) || (owner === objective && name !== 'tweediePower');
    if (isRequired) yield { field, expected: describe(range), got: 'nothing' };
  } else if (!isInside(range, value)) {
    yield { field, expected: describe(range), got: showValue(value) };
  }
}

function* monotoneProblems(
  monotone: NonNullable<TrainingParameters['monotone']>,
  features: readonly TrainingFeature[],
): Generator<FieldProblem> {
  for (const [name, direction] of Object.entries(monotone)) {
    const field = `parameters.monotone.${name}`;
    const feature = features.find((candidate) => candidate.name === name);
    if (feature === undefined || feature.levels !== undefined) {
      const got = feature ? 'a categorical feature' : 'no such feature';
      yield { field, expected: "a numeric feature's name", got };
    } else if (direction !== 1 && direction !== -1) {
      yield { field, expected: '1 or -1', got: showValue(direction) };
    }
  }
}

function* interactionProblems(
  interactions: NonNullable<TrainingParameters['interactions']>,
  features: readonly TrainingFeature[],
): Generator<FieldProblem> {
  const known = new Set(features.map(({ name }) => name));
  for (const [index, group] of interactions.entries()) {
    const field = `parameters.interactions[${index}]`;
    if (group.length === 0) yield { field, expected: 'at least one feature', got: '[]' };
    for (const [member, name] of group.entries()) {
      if (!known.has(name)) {
        yield { field: `${field}[${member}]`, expected: "a feature's name", got: showValue(name) };
      }
    }
  }
}

function isInside(range: Range, value: unknown): boolean {
  if ('whole' in range) return isWhole(value, ...range.whole);
  if (typeof value !== 'number') return false;
  const { above = -Infinity, from = -Infinity, below = Infinity, to = Infinity } = range;
  const single = Math.fround(value); // what XGBoost keeps: 1.99999999 is 2 to it
  return single > above && single >= from && single < below && single <= to;
}

function describe(range: Range): string {
  if ('whole' in range) {
    const [least, most] = range.whole;
    return most === Infinity ? `a whole number, ${least} or more` : `a whole number, ${least} to ${most}`;
  }
  const { above, from, below, to } = range;
  const start = above === undefined ? `${from} or more` : `above ${above}`;
  const end = below === undefined ? to !== undefined && `at most ${to}` : `below ${below}`;
  return end ? `a number ${start} and ${end}` : `a finite number, ${start}`;
}
