import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  MONITORING_METRICS,
  type ModelMetric,
  REQUEST_METRICS,
  TRAINING_METRICS,
  TRUTH_METRICS,
  WINDOW_METRICS,
} from '#core/monitor/metric-names.ts';
import { environmentOf } from '#lib/stacks/environment.ts';
import { countMetrics, metricsOf } from '../../lambdas/shared/metrics.ts';
import { flightsLate, type Resource, type Stacks, synthesize } from './synthesize.ts';

const ENVIRONMENTS = ['dev', 'prod'] as const;

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

/** What CloudWatch knows a metric by. */
const identity = (namespace: string, metric: string, dimensions: readonly Dimension[]) =>
  [namespace, metric, ...dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort()].join(' ');

/** The metrics that a deployment's alarms and dashboards look at. */
function metricsIn(stacks: Stacks): Set<string> {
  const found = new Set<string>();
  for (const stack of stacks.templates.keys()) {
    for (const { Properties } of stacks.all('AWS::CloudWatch::Alarm', stack)) {
      // biome-ignore lint/suspicious/noExplicitAny: a template's properties
      const stats = Properties.Metrics?.flatMap(({ MetricStat }: any) => MetricStat?.Metric ?? []);
      for (const { Namespace, MetricName, Dimensions } of stats ?? [Properties])
        found.add(identity(Namespace, MetricName, named(Dimensions, stack)));
    }
    for (const dashboard of stacks.all('AWS::CloudWatch::Dashboard', stack))
      for (const [namespace, metric, ...dimensions] of linesOf(dashboard, stack))
        found.add(identity(namespace, metric, pairs(dimensions)));
  }
  return found;
}

/** References as what they refer to: a resource of its stack, or what another stack exports under its name. */
const named = (dimensions: readonly { readonly Name: string; readonly Value: unknown }[], stack: string) =>
  dimensions.map(({ Name, Value }) => ({ Name, Value: resolved(Value, stack) }));

function resolved(value: unknown, stack: string): string {
  if (typeof value === 'string') return value;
  const text = Object.values(value as object)
    .flat()
    .join('.');
  return text.includes(':') ? text : `${stack}/${text}`;
}

const pairs = (flat: readonly string[]) =>
  flat.flatMap((Name, index) => (index % 2 === 0 ? [{ Name, Value: flat[index + 1] as string }] : []));

/** Of all graphs, what CloudWatch gets as the lines that are metrics and no expression. */
function linesOf({ Properties }: Resource, stack: string): [string, string, ...string[]][] {
  const [separator, parts] = Properties.DashboardBody['Fn::Join'] as [string, unknown[]];
  const text = parts.map((part) => resolved(part, stack)).join(separator);
  return JSON.parse(text)
    .widgets.flatMap(({ properties }: { properties: { metrics?: unknown[][] } }) => properties.metrics ?? [])
    .filter(([first]: unknown[]) => typeof first === 'string')
    .map((line: string[]) => line.slice(0, -1));
}

const [dev, prod] = ENVIRONMENTS.map((name) => metricsIn(synthesize(environmentOf(name), [flightsLate])));

const OURS = [
  ...[...WINDOW_METRICS, ...TRUTH_METRICS, ...REQUEST_METRICS],
  ...[...TRAINING_METRICS, ...MONITORING_METRICS],
];

/** The metrics that functions of the environment put, each in both ways. */
function putIn(environment: string): Set<string> {
  vi.stubEnv('ENVIRONMENT', environment);
  const lines: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0);
  const figures = Object.fromEntries(OURS.map((name) => [name, 1])) as Record<ModelMetric, number>;
  const data = metricsOf({ model: flightsLate.name, asOf: new Date().toISOString() }, figures);
  countMetrics(flightsLate.name, figures);
  write.mockRestore();
  const { _aws, ...values } = JSON.parse(lines.join(''));
  const [{ Namespace, Dimensions, Metrics }] = _aws.CloudWatchMetrics;
  const counted = Metrics.map(({ Name }: { Name: string }) =>
    identity(
      Namespace,
      Name,
      Dimensions[0].map((Name: string) => ({ Name, Value: values[Name] })),
    ),
  );
  const put = (data as { MetricName: string; Dimensions: Dimension[] }[]).map(({ MetricName, Dimensions }) =>
    identity('Leeboard', MetricName, Dimensions),
  );
  expect(put).toEqual(counted);
  return new Set(put);
}

afterEach(() => vi.unstubAllEnvs());

describe('a model that two environments of one account have', () => {
  it('has no metric in one that an alarm or a dashboard of the other looks at', () => {
    expect(dev?.size).toBeGreaterThan(30);
    expect(dev?.size).toBe(prod?.size);
    expect([...(dev as Set<string>)].filter((metric) => prod?.has(metric))).toEqual([]);
  });

  it('has what its functions put in an environment where its alarms and dashboards look', () => {
    for (const [index, environment] of ENVIRONMENTS.entries()) {
      const watched = [...([dev, prod][index] as Set<string>)].filter((metric) =>
        metric.startsWith('Leeboard '),
      );
      const put = putIn(environment);
      expect(watched.length).toBeGreaterThan(15);
      expect(watched.filter((metric) => !put.has(metric))).toEqual([]);
    }
  });

  it('puts nothing in one that the other puts', () => {
    const [one, other] = ENVIRONMENTS.map(putIn) as [Set<string>, Set<string>];
    expect(one.size).toBe(OURS.length);
    expect([...one].filter((metric) => other.has(metric))).toEqual([]);
  });
});
