import { describe, expect, it } from 'vitest';
import { evaluateBinary } from '#core/evaluate/index.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import { monitoringReference } from '#core/monitor/reference.ts';
import { leastDrop, type TruthOfWindow, windowTruth } from '#core/monitor/window-truth.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { GatesInput } from '#core/spec/gates.ts';
import type { ModelInput } from '#core/spec/model.ts';
import { labels, probabilities, soundEvaluation } from '#test/core/evaluate/sound-evaluation.ts';
import { signature } from '#test/support/bundle.ts';
import { tripsLate } from '#test/support/trips.ts';
import { prediction } from '../serve/truths.ts';

const reference = monitoringReference(signature, labels, probabilities, {});
const judged = evaluateBinary(labels, probabilities);
const evaluation = soundEvaluation({ test: judged, reference });

/** @param right share of rows of which the label is what the probabilities say, in every hundred rows */
const outcomesOf = (rows: number, right: number, changes: Partial<LoggedPrediction> = {}) =>
  Array.from({ length: rows }, (_, row) => {
    const probability = probabilities[row % 200] as number;
    const isRight = (row * 37) % 100 < right * 100;
    const inputs = { city: row % 3 ? 'north' : 'south' };
    return {
      prediction: prediction(row, { probability, positive: probability >= 0.5, inputs, ...changes }),
      actual: (labels[row % 200] === 1) === isRight,
      at: '2013-05-01T00:00:00.000Z',
    };
  });

const truthOf = (
  outcomes: TruthOfWindow['outcomes'],
  gates: GatesInput = {},
  changes: Partial<TruthOfWindow> = {},
) =>
  windowTruth({
    outcomes,
    asOf: '2013-06-01T00:00:00.000Z',
    version: 1,
    spec: tripsLate({ gates }),
    signature,
    evaluation,
    ...changes,
  });

describe('how a version did in a window', () => {
  it('is the metrics of its rows, with their intervals, at its own threshold', () => {
    const outcomes = outcomesOf(400, 0.9);
    const found = truthOf(
      outcomes,
      {},
      {
        evaluation: { ...evaluation, decision: { format: 1, calibration: null, threshold: 0.65 } },
      },
    );
    const expected = evaluateBinary(
      outcomes.map(({ actual }) => Number(actual)),
      outcomes.map((_, row) => probabilities[row % 200] as number),
      { threshold: 0.65 },
    );
    expect(found).toMatchObject({ rows: 400, metrics: expected.metrics, asOf: '2013-06-01T00:00:00.000Z' });
  });

  it('is of no other version’s rows, and of no shadow’s', () => {
    const others = outcomesOf(100, 0, { version: 2 });
    const shadows = outcomesOf(100, 0, { id: 'x#0~shadow', variant: 'shadow' });
    const found = truthOf([...others, ...outcomesOf(300, 1), ...shadows]);
    expect(found?.rows).toBe(300);
    expect(found?.metrics.accuracy?.value).toBe(judged.metrics.accuracy.value);
    expect(truthOf([...others, ...shadows])).toBeNull();
  });
});

describe('the watched metric', () => {
  it('has dropped by what is sure', () => {
    const watched = truthOf(outcomesOf(2000, 0.6))?.watched;
    expect(watched).toMatchObject({ metric: 'auc', before: judged.metrics.auc, margin: 0 });
    const fall = (watched?.before.value as number) - (watched?.now.value as number);
    expect(watched?.drop).toBeGreaterThan(0);
    expect(watched?.drop).toBeLessThan(fall);
  });

  it('has not where it may be chance, where it is better, or of fewer rows than a window needs', () => {
    expect(truthOf(outcomesOf(1000, 0.999))?.watched).toMatchObject({ drop: 0 });
    expect(truthOf(outcomesOf(199, 0))?.watched).toMatchObject({ drop: 0 });
    expect(truthOf(outcomesOf(200, 0))?.watched?.drop).toBeGreaterThan(0);
    // What was judged was worse than what came.
    const worse = evaluateBinary(
      labels,
      probabilities.map((_, row) => (row % 10) / 10),
    );
    expect(
      truthOf(outcomesOf(1000, 1), {}, { evaluation: { ...evaluation, test: worse } })?.watched?.drop,
    ).toBe(0);
  });

  it('is the spec’s, of which a drop within the margin is none', () => {
    const gates = (margin: number) => ({ champion: { metric: 'brier', margin } }) as const;
    const strict = truthOf(outcomesOf(2000, 0.6), gates(0))?.watched;
    expect(strict).toMatchObject({ metric: 'brier', margin: 0 });
    const drop = strict?.drop as number;
    expect(drop).toBeGreaterThan(0);
    expect(truthOf(outcomesOf(2000, 0.6), gates(0.99 * drop))?.watched?.drop).toBe(drop);
    expect(truthOf(outcomesOf(2000, 0.6), gates(drop))?.watched?.drop).toBe(0);
  });

  it('is null where the window does not define it, or the evaluation did not', () => {
    const unknown = {
      ...judged,
      metrics: { ...judged.metrics, auc: { value: null, low: null, high: null } },
    };
    expect(
      truthOf(outcomesOf(400, 1), {}, { evaluation: { ...evaluation, test: unknown } })?.watched,
    ).toBeNull();
    const onlyTrue = outcomesOf(400, 1).filter(({ actual }) => actual);
    expect(truthOf(onlyTrue)?.watched).toBeNull();
  });
});

describe('leastDrop', () => {
  const estimate = (value: number, reach: number): Estimate => ({
    value,
    low: value - reach,
    high: value + reach,
  });

  it('is the lower end of the difference of two normal estimates, one-sided at 99 %', () => {
    // scipy.stats.norm.ppf(0.01, 0.05, numpy.hypot(0.02, 0.01) / scipy.stats.norm.ppf(0.975))
    const expected = 0.023459349117131024;
    expect(leastDrop(estimate(0.8, 0.02), estimate(0.75, 0.01), true)).toBeCloseTo(expected, 12);
    expect(leastDrop(estimate(0.75, 0.02), estimate(0.8, 0.01), false)).toBeCloseTo(expected, 12);
  });

  it('is 0 of what is better, the same, or without an interval', () => {
    expect(leastDrop(estimate(0.75, 0.02), estimate(0.8, 0.01), true)).toBe(0);
    expect(leastDrop(estimate(0.75, 0.02), estimate(0.75, 0.01), true)).toBe(0);
    expect(leastDrop({ value: 0.1, low: null, high: null }, estimate(10, 0.1), false)).toBe(0);
    expect(leastDrop(estimate(0.1, 0.01), { value: 10, low: null, high: null }, false)).toBe(0);
  });

  it('takes of a lopsided interval the end that is towards the other estimate', () => {
    const before = { value: 0.8, low: 0.79, high: 0.99 };
    const now = { value: 0.7, low: 0.5, high: 0.71 };
    expect(leastDrop(before, now, true)).toBeCloseTo(
      leastDrop(estimate(0.8, 0.01), estimate(0.7, 0.01), true),
      12,
    );
  });
});

describe('what really happened', () => {
  it('has drifted when it happens surely more often, over the reference’s levels', () => {
    const often = (rows: number) =>
      outcomesOf(rows, 1).map((outcome, row) => ({ ...outcome, actual: row % 5 > 0 }));
    const found = truthOf(often(1000));
    expect(found?.labels).toMatchObject({ column: 'label', drifted: true, rows: 1000 });
    expect(found?.labelShares?.baseline.rows).toBe(200);
    expect(truthOf(outcomesOf(1000, 1))?.labels).toMatchObject({ drifted: false, psi: 0 });
    expect(truthOf(often(199))?.labels).toMatchObject({ verdict: 'too-few-rows' });
  });

  it('is not compared for a version of before there was a reference', () => {
    const { reference: _, ...older } = evaluation;
    expect(truthOf(outcomesOf(500, 0.2), {}, { evaluation: older })).toMatchObject({
      labels: null,
      labelShares: null,
    });
  });

  it('is told by declared group, but of a group that the log does not keep', () => {
    const gates = { fairness: [{ group: 'city', minRows: 20 }, 'delay > 100'] };
    const groups = truthOf(outcomesOf(600, 0.8), gates)?.groups;
    expect(groups?.map(({ by }) => by)).toEqual(['city']);
    expect(groups?.[0]?.groups.map(({ group, rows }) => [group, rows])).toEqual([
      ['north', 400],
      ['south', 200],
    ]);
  });
});

it('numbers are held against the metric that the version was trained by', () => {
  const spec = tripsLate({
    task: 'regression',
    label: 'delay',
    algorithm: { kind: 'xgboost', loss: 'absolute' },
  });
  const outcomes = Array.from({ length: 300 }, (_, row) => ({
    prediction: { ...prediction(row), value: row % 10 } as never,
    actual: (row % 10) + (row % 2 ? 5 : -5),
    at: '2013-05-01T00:00:00.000Z',
  }));
  const test = { metrics: { mae: { value: 1, low: 0.9, high: 1.1 } } } as never;
  const found = windowTruth({
    outcomes,
    asOf: '2013-06-01T00:00:00.000Z',
    version: 1,
    spec,
    signature,
    evaluation: { ...evaluation, task: 'regression', metric: 'mae', test },
  });
  expect(found?.watched).toMatchObject({ metric: 'mae', now: { value: 5 }, before: { value: 1 } });
  expect(found?.watched?.drop).toBeGreaterThan(3.8);
  expect(found?.groups).toEqual([]);
});

it('a quantile and a Tweedie deviance are those that the version was trained for', () => {
  const numbers = Array.from({ length: 300 }, (_, row) => ({
    prediction: { ...prediction(row), value: 2 } as never,
    actual: 4,
    at: '2013-05-01T00:00:00.000Z',
  }));
  const metricsOf = (algorithm: ModelInput['algorithm']) =>
    truthOf(numbers, {}, { spec: tripsLate({ task: 'regression', label: 'delay', algorithm }) })?.metrics;
  // 0.9 x (4 - 2) and 0.2 x 2
  expect(metricsOf({ kind: 'xgboost', loss: 'quantile', quantile: 0.9 })?.pinball?.value).toBeCloseTo(
    1.8,
    12,
  );
  expect(metricsOf({ kind: 'xgboost', loss: 'quantile', quantile: 0.2 })?.pinball?.value).toBeCloseTo(
    0.4,
    12,
  );
  // sklearn.metrics.mean_tweedie_deviance([4], [2], power=1.2)
  const tweedie = metricsOf({ kind: 'xgboost', loss: 'tweedie', tweediePower: 1.2 });
  expect(tweedie?.tweedieDeviance?.value).toBeCloseTo(1.281861185565635, 10);
});
