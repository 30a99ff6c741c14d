import { compareMetrics, type MetricDifference } from './compare-metrics.ts';
import { type Difference, differences } from './differences.ts';
import type { RunFacts } from './run-facts.ts';
import { haveSameRows, headlineMetric, verdictOf } from './verdict.ts';

/** Where a difference lies. */
export type Kind = 'spec' | 'features' | 'parameters' | 'data' | 'code' | 'libraries';

export interface RunDifference extends Difference {
  readonly kind: Kind;
}

/** What differs between two runs; what is equal is left out. Plain JSON. */
export interface RunComparison {
  readonly a: string;
  readonly b: string;
  readonly differences: readonly RunDifference[];
  /** Metrics that differ, the one that the models are chosen by first. */
  readonly metrics: readonly MetricDifference[];
  /** Whether both were tested on the same rows, as far as what was recorded tells. */
  readonly sameRows: boolean;
  /** For people: which one is better, how surely, and on what rows. */
  readonly verdict: string;
}

/** Compares two runs or versions; `b` is the one that is asked about, `a` what it is held against. */
export function compareRuns(a: RunFacts, b: RunFacts): RunComparison {
  const found = [...kinds(a, b)];
  const headline = headlineMetric(a, b);
  const sameRows = haveSameRows(a, b, found);
  const metrics = compareMetrics(a.metrics, b.metrics)
    .sort((one, other) => Number(other.metric === headline) - Number(one.metric === headline))
    // Intervals tell what chance does to rows of one kind, nothing of other rows.
    .map((metric) => ({ ...metric, apart: metric.apart && sameRows }));
  const verdict = verdictOf(a, b, { differences: found, metrics, sameRows });
  return { a: a.name, b: b.name, differences: found, metrics, sameRows, verdict };
}

function* kinds(a: RunFacts, b: RunFacts): Iterable<RunDifference> {
  const of = (kind: Kind, left: unknown, right: unknown, field = '') =>
    differences(left, right, field).map((found): RunDifference => ({ kind, ...found }));
  const spec = a.spec && b.spec ? of('spec', without(a.spec, 'features'), without(b.spec, 'features')) : [];
  yield* spec;
  if (a.spec && b.spec) yield* features(a.spec.features, b.spec.features);
  else yield* of('spec', a.specHash, b.specHash, 'hash');
  const said = new Set(spec.map(({ field }) => field));
  yield* of('parameters', a.algorithm, b.algorithm, 'algorithm').filter(() => !said.has('algorithm.kind'));
  // A setting of the spec that a parameter repeats is said once.
  yield* of('parameters', a.parameters, b.parameters).filter(({ field }) => !said.has(`algorithm.${field}`));
  yield* of('parameters', a.rounds, b.rounds, 'rounds').filter(
    () => Object.is(a.parameters.rounds, b.parameters.rounds) && !said.has('algorithm.rounds'),
  );
  yield* of('parameters', a.seed, b.seed, 'seed').filter(
    () => Object.is(a.parameters.seed, b.parameters.seed) && !said.has('algorithm.seed'),
  );
  yield* of('data', a.datasets, b.datasets);
  yield* of('code', a.codeVersion, b.codeVersion, 'version');
  yield* of('libraries', a.libraries, b.libraries);
}

/** A feature is compared as a whole: its expression, kind and levels belong together. */
function* features(a: unknown, b: unknown): Iterable<RunDifference> {
  const [left, right] = [a, b].map((side) => (side ?? {}) as Record<string, unknown>);
  for (const name of new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})])) {
    const [of, than] = [left?.[name], right?.[name]];
    if (differences(of, than).length === 0) continue;
    yield {
      kind: 'features',
      field: name,
      ...(of !== undefined && { a: describeFeature(of) }),
      ...(than !== undefined && { b: describeFeature(than) }),
    };
  }
}

/** `month(time_hour)`, `categorical carrier (256 levels)` */
function describeFeature(feature: unknown): string {
  const { kind, expression, maxLevels } = feature as Record<string, unknown>;
  return kind === 'categorical'
    ? `categorical ${expression} (at most ${maxLevels} levels)`
    : String(expression);
}

function without(record: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([field]) => field !== name));
}
