import { describe, expect, it } from 'vitest';
import { compareMetrics, compareValues } from '#core/compare/compare-metrics.ts';
import { compareRuns } from '#core/compare/compare-runs.ts';
import { xgboost } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { tripsLate } from '../../support/trips.ts';
import { about, facts } from './facts.ts';

const a = facts();
const second = { name: 'trips-late@2', version: 2, runId: 'run-2' } as const;

describe('what differs between two runs', () => {
  it('is nothing for two runs of the same spec, data, code, libraries and metrics', () => {
    const { differences, metrics, verdict } = compareRuns(a, facts(second));
    expect([differences, metrics]).toEqual([[], []]);
    expect(verdict).toBe('trips-late@1 and trips-late@2 are equal in everything that was recorded of them.');
  });

  it('names data, code and library versions', () => {
    const b = facts({
      ...second,
      datasets: { trips: 5, weather: 1 },
      codeVersion: 'code-2',
      libraries: { xgboost: '3.3.0' },
    });
    expect(compareRuns(a, b).differences).toEqual([
      { kind: 'data', field: 'trips', a: 4, b: 5 },
      { kind: 'data', field: 'weather', b: 1 },
      { kind: 'code', field: 'version', a: 'code-1', b: 'code-2' },
      { kind: 'libraries', field: 'xgboost', a: '3.2.0', b: '3.3.0' },
    ]);
  });

  it('names a feature that came, went or changed as a whole', () => {
    const { features: _, ...rest } = tripsLate();
    const with1 = (features: object) => ({ ...rest, features }) as ReturnType<typeof tripsLate>;
    const number = (expression: string) => ({ kind: 'number', expression });
    const city = { kind: 'categorical', expression: 'city', maxLevels: 8 };
    const left = facts({ spec: with1({ hour: number('hour(t)'), gone: number('x') }) });
    const right = facts({ spec: with1({ hour: number('hour(t) + 1'), came: city }) });
    expect(compareRuns(left, right).differences).toEqual([
      { kind: 'features', field: 'hour', a: 'hour(t)', b: 'hour(t) + 1' },
      { kind: 'features', field: 'gone', a: 'x' },
      { kind: 'features', field: 'came', b: 'categorical city (at most 8 levels)' },
    ]);
  });

  it('says a setting of the spec once, although the parameters repeat it', () => {
    const spec = tripsLate({ algorithm: xgboost({ rounds: 5, maxDepth: 3 }) });
    const b = facts({ ...second, spec, parameters: { maxDepth: 3, rounds: 40 } });
    const { differences } = compareRuns(a, b);
    expect(differences.map(({ kind, field }) => `${kind} ${field}`)).toEqual(['spec algorithm.maxDepth']);
  });

  it('says what a search chose otherwise, although the specs are equal', () => {
    const b = facts({ ...second, parameters: { maxDepth: 4, rounds: 40 } });
    expect(compareRuns(a, b).differences).toEqual([{ kind: 'parameters', field: 'maxDepth', a: 6, b: 4 }]);
  });

  it('is the hash of the spec when a run left no spec', () => {
    const b = facts({ spec: null, specHash: 'hash-2' });
    expect(compareRuns(a, b).differences).toEqual([
      { kind: 'spec', field: 'hash', a: 'hash-1', b: 'hash-2' },
    ]);
  });
});

describe('which of two metrics is better', () => {
  it.each([
    ['auc', 0.7, 0.6],
    ['r2', 0.1, -0.1],
    ['logLoss', 0.5, 0.6],
    ['ece', 0.01, 0.02],
    ['bias', -0.1, 0.2],
    ['bias', 0.1, -0.2],
  ])('%s %d before %d', (metric, better, worse) => {
    expect(compareValues(metric, better, worse)).toBeLessThan(0);
    expect(compareValues(metric, worse, better)).toBeGreaterThan(0);
  });

  it('none when a side has none', () => {
    const [found] = compareMetrics({ auc: about(0.7, 0.1) }, {});
    expect(found).toMatchObject({ metric: 'auc', difference: null, better: null, apart: false });
  });

  it('what is no metric, such as the number of rows, is not compared', () => {
    const value = (rows: number) => ({ rows: { value: rows, low: null, high: null } });
    expect(compareMetrics(value(1), value(2))).toEqual([]);
  });

  it('the metric that a model is chosen by comes first', () => {
    const b = facts({ ...second, metrics: { auc: about(0.71, 0.01), logLoss: about(0.59, 0.01) } });
    expect(compareRuns(a, b).metrics.map(({ metric }) => metric)).toEqual(['logLoss', 'auc']);
  });
});

describe('the verdict', () => {
  const paired = (difference: number, bound: number) =>
    facts({
      ...second,
      metrics: { logLoss: about(0.6 + difference, 0.01) },
      evaluation: {
        champion: {
          version: 1,
          missing: [],
          nonInferiority: {
            metric: 'logLoss',
            rows: 1000,
            champion: 0.6,
            challenger: 0.6 + difference,
            difference,
            bound,
            margin: 0.002,
            confidence: 0.95,
            holds: bound <= 0.002,
          },
        },
      } as unknown as VersionEvaluation,
    });
  const values = (challenger: number) => `logLoss ${challenger} against 0.6 on the same 1000 rows`;

  it('of champion and challenger rests on the paired comparison, whichever is named first', () => {
    const b = paired(-0.01, -0.004);
    const expected = `trips-late@2 is better than trips-late@1: ${values(0.59)}, better by at least 0.004 (95 % confidence).`;
    expect(compareRuns(a, b).verdict).toBe(expected);
    expect(compareRuns(b, a).verdict).toBe(expected);
  });

  it('says worse only when even the lower bound is', () => {
    expect(compareRuns(a, paired(0.02, 0.03)).verdict).toBe(
      `trips-late@2 is worse than trips-late@1: ${values(0.62)}, worse by at least 0.01 (95 % confidence).`,
    );
    expect(compareRuns(a, paired(0.01, 0.03)).verdict).toBe(
      `Neither is surely better: trips-late@2 has ${values(0.61)}, which chance can explain (95 % confidence).`,
    );
  });

  it('is not taken from a comparison with another champion', () => {
    const b = paired(-0.01, -0.004);
    const other = { ...b, evaluation: { champion: { ...b.evaluation?.champion, version: 9 } } } as typeof b;
    expect(compareRuns(a, other).verdict).toContain('their intervals overlap');
  });

  it('of others rests on their intervals', () => {
    const far = facts({ ...second, metrics: { logLoss: about(0.5, 0.01) } });
    expect(compareRuns(a, far).verdict).toBe(
      'trips-late@2 is better than trips-late@1: logLoss 0.5 against 0.6, and their intervals do not meet.',
    );
    const near = facts({ ...second, metrics: { logLoss: about(0.59, 0.01) } });
    expect(compareRuns(a, near).verdict).toBe(
      'Neither is surely better: trips-late@2 has logLoss 0.59 against 0.6, but their intervals overlap.',
    );
  });

  it('says so when an interval is not known', () => {
    const bare = facts({ ...second, metrics: { logLoss: { value: 0.5, low: null, high: null } } });
    expect(compareRuns(a, bare).verdict).toBe(
      'trips-late@2 has the better logLoss 0.5 against 0.6; how surely is not known without intervals.',
    );
  });

  it.each([
    ['another dataset version', { datasets: { trips: 5 } }],
    ['another number of test rows', { testRows: 900 }],
    ['another label', { spec: { ...tripsLate(), label: 'late > 30' } }],
  ])('calls nobody better on other test rows: %s', (_, changes) => {
    const b = facts({ ...second, metrics: { logLoss: about(0.5, 0.01) }, ...changes });
    const { verdict, sameRows, metrics } = compareRuns(a, b);
    expect(verdict).toBe(
      "trips-late@2 has the better logLoss 0.5 against 0.6, but on other test rows: the difference may be the data's.",
    );
    expect([sameRows, metrics[0]?.apart]).toEqual([false, false]);
  });

  it('of a run that failed before it was evaluated is that there is nothing to judge by', () => {
    const b = facts({ name: 'run-7', version: null, status: 'failed', metrics: {} });
    expect(compareRuns(a, b).verdict).toBe('run-7 (failed) has no evaluation: there is nothing to judge by.');
  });
});
