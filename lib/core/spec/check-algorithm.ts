import { candidatesOf, SingleAlgorithm } from './algorithm.ts';
import type { ModelSpec } from './model.ts';
import { fromIssue, type SpecProblem } from './parse-spec.ts';
import type { SearchSpec } from './search.ts';
import { comparedMetrics, primaryMetric } from './task.ts';

/** What an algorithm must be that its shape alone cannot say. */
export function* checkAlgorithm(spec: ModelSpec): Iterable<SpecProblem> {
  const kinds = new Set<string>();
  for (const [candidate, field] of placed(spec)) {
    if (kinds.has(candidate.kind)) {
      const expected = 'a kind that no other candidate has: trials are named by it';
      yield { field: `${field}.kind`, expected, value: candidate.kind };
    }
    kinds.add(candidate.kind);
    yield* checkTrees(spec, candidate, field);
    yield* checkClassWeights(spec, candidate, field);
  }
}

/** What a search must be that its shape alone cannot say. */
export function* checkSearch(spec: ModelSpec): Iterable<SpecProblem> {
  const { task, search } = spec;
  if (!search) return;
  const compared: readonly string[] = comparedMetrics(task);
  if (search.metric !== undefined && !compared.includes(search.metric)) {
    yield { field: 'search.metric', expected: `one of ${compared.join(', ')}`, value: search.metric };
  }
  yield* checkComparable(spec, search);
  for (const [name, range] of Object.entries(search.space ?? {})) yield* checkRange(spec, name, range);
}

/** Each algorithm that the model may end up with, and where the spec has it. */
function placed({ algorithm }: ModelSpec): (readonly [SingleAlgorithm, string])[] {
  return candidatesOf(algorithm).map((candidate, index) => [
    candidate,
    algorithm.kind === 'auto' ? `algorithm.candidates[${index}]` : 'algorithm',
  ]);
}

function* checkTrees(spec: ModelSpec, algorithm: SingleAlgorithm, field: string): Iterable<SpecProblem> {
  if (!('monotone' in algorithm)) return;
  if (spec.task !== 'regression' && algorithm.loss !== 'squared') {
    yield {
      field: `${field}.loss`,
      expected: `no loss: a ${spec.task} model has log loss`,
      value: algorithm.loss,
    };
  }
  const features = Object.entries(spec.features);
  const numbers = features.filter(([, { kind }]) => kind === 'number').map(([name]) => name);
  for (const name of Object.keys(algorithm.monotone)) {
    if (!numbers.includes(name)) {
      yield { field: `${field}.monotone.${name}`, expected: 'a feature that is a number', value: name };
    }
  }
  for (const [index, group] of algorithm.interactions.entries()) {
    for (const name of group) {
      if (!Object.hasOwn(spec.features, name)) {
        yield { field: `${field}.interactions[${index}]`, expected: 'names of features', value: name };
      }
    }
  }
}

/** The classes of a multiclass model are known when its rows are. */
function* checkClassWeights(
  { task }: ModelSpec,
  algorithm: SingleAlgorithm,
  field: string,
): Iterable<SpecProblem> {
  const weights = 'classWeights' in algorithm ? algorithm.classWeights : undefined;
  if (weights === undefined) return;
  if (task === 'regression') {
    yield { field: `${field}.classWeights`, expected: 'none for a regression model', value: weights };
  }
  if (task !== 'binary' || weights === 'balanced') return;
  for (const name of Object.keys(weights)) {
    if (name !== 'true' && name !== 'false') {
      yield { field: `${field}.classWeights.${name}`, expected: 'true or false', value: name };
    }
  }
}

/** What a metric is computed by, where it takes a setting of the algorithm. */
const METRIC_SETTING: Readonly<Record<string, string>> = {
  pinball: 'quantile',
  tweedieDeviance: 'tweediePower',
};

/** Trials are ranked by one number, so it must mean the same for all. */
function* checkComparable(spec: ModelSpec, search: SearchSpec): Iterable<SpecProblem> {
  const [first, ...others] = placed(spec) as [[SingleAlgorithm, string], ...[SingleAlgorithm, string][]];
  const metric = search.metric ?? primaryMetric(spec.task, first[0]);
  const setting = METRIC_SETTING[metric];
  if (setting === undefined) return;
  const wanted = settingOf(first[0], setting);
  if (wanted === undefined) {
    yield {
      field: first[1],
      expected: `an algorithm with a ${setting}, as ${metric} takes one`,
      value: first[0],
    };
    return;
  }
  for (const [candidate, field] of others) {
    const value = settingOf(candidate, setting);
    const expected = `${wanted}, as all candidates are compared by ${metric}`;
    if (value !== wanted) yield { field: `${field}.${setting}`, expected, value };
  }
}

/** Settings that say what is predicted, or nothing: none is better than another. */
const NOT_SEARCHED: readonly string[] = ['quantile', 'tweediePower', 'seed'];

function* checkRange(
  spec: ModelSpec,
  name: string,
  { low, high, integer }: NonNullable<SearchSpec['space']>[string],
): Iterable<SpecProblem> {
  const field = `search.space.${name}`;
  const owners = candidatesOf(spec.algorithm).filter(
    (candidate) => typeof settingOf(candidate, name) === 'number' && !NOT_SEARCHED.includes(name),
  );
  if (owners.length === 0) {
    yield { field, expected: "a setting of the model's algorithm that is a number to choose", value: name };
  }
  for (const owner of owners) {
    const refusal = (value: number) =>
      SingleAlgorithm.safeParse({ ...owner, [name]: value }, { reportInput: true }).error?.issues.flatMap(
        (issue) => fromIssue(issue),
      )[0]?.expected;
    const [belowLow, aboveHigh] = [refusal(low), refusal(high)];
    if (belowLow) yield { field: `${field}.low`, expected: belowLow, value: low };
    if (aboveHigh) yield { field: `${field}.high`, expected: aboveHigh, value: high };
    // Divided by pi, no whole numbers are a whole number.
    const between = integer || belowLow || aboveHigh ? undefined : refusal(low + (high - low) / Math.PI);
    if (between) yield { field: `${field}.integer`, expected: `true: ${name} is ${between}`, value: integer };
  }
}

function settingOf(algorithm: SingleAlgorithm, name: string): unknown {
  return Object.hasOwn(algorithm, name) ? algorithm[name as keyof SingleAlgorithm] : undefined;
}
