import { describe, expect, it } from 'vitest';
import { TRUTH_METRICS, WINDOW_METRICS } from '#core/monitor/metric-names.ts';
import { performanceDrop, recordedOf, truthFigures, windowFigures } from '#core/monitor/window-figures.ts';
import { inputDriftOf, windowReportOf } from '#test/support/window-reports.ts';

describe('windowFigures', () => {
  it('are of those that alarms know', () => {
    const named: readonly string[] = [...WINDOW_METRICS, ...TRUTH_METRICS];
    for (const name of Object.keys({ ...windowFigures(windowReportOf()), ...truthFigures(windowReportOf()) }))
      expect(named).toContain(name);
  });

  it('say nothing of drift of too few rows, and how many there were', () => {
    const inputs = inputDriftOf({ rows: 60 }, { alarmPsi: null });
    const figures = windowFigures(windowReportOf({ rows: 60 }, { inputs }));
    expect(figures).toMatchObject({ MonitoredPredictions: 60, DriftPsi: null, DriftOverall: null });
    expect(figures.PredictionPsi ?? null).toBeNull();
  });

  it('count the groups that are surely below their bound, over all declared ones', () => {
    const group = (breached: boolean) => ({
      group: 'a',
      rows: 10,
      selectionRate: { value: 0.1, low: 0, high: 1 },
      disparateImpact: 0.5,
      breached,
    });
    const of = (...groups: ReturnType<typeof group>[]) => ({
      by: 'x',
      missing: [],
      reference: null,
      rows: 10,
      groups,
    });
    const report = windowReportOf({}, { groups: [of(group(true), group(false)), of(group(true))] });
    expect(windowFigures(report).BiasBreaches).toBe(2);
  });

  it('give the estimate of the metric that the model is watched by, and no other', () => {
    const estimate = (watched: string | null) =>
      windowReportOf(
        {},
        { estimate: { method: 'confidence-based', rows: 300, watched, metrics: { auc: 0.7, brier: 0.1 } } },
      );
    expect(windowFigures(estimate('auc')).EstimatedPerformance).toBe(0.7);
    expect(windowFigures(estimate(null)).EstimatedPerformance).toBeNull();
    expect(windowFigures(estimate('rmse')).EstimatedPerformance).toBeNull();
    expect(recordedOf(estimate('auc')).estimate).toBe(0.7);
  });

  it('tell of answers that moved by noise as of none that moved', () => {
    const [column] = windowReportOf({ further: 300 }).inputs.columns;
    const predictions = (drifted: boolean) =>
      windowFigures(
        windowReportOf({}, { predictions: { ...(column as object), drifted, psi: 0.3 } as never }),
      );
    expect([predictions(true).PredictionPsi, predictions(false).PredictionPsi]).toEqual([0.3, 0]);
  });
});

describe('truthFigures', () => {
  it('are none without truth', () => {
    expect(Object.values(truthFigures(windowReportOf({}, { truth: null })))).toEqual([null, null, null]);
  });

  it('are the watched metric, its fall, and the drift of what really happened', () => {
    const estimate = { value: 0.6, low: 0.5, high: 0.7 };
    const truth = {
      asOf: '2026-01-02T00:00:00.000Z',
      rows: 300,
      metrics: {},
      watched: { metric: 'auc', now: estimate, before: estimate, drop: 0.1, margin: 0 },
      labels: { psi: 0.4, drifted: true },
      labelShares: null,
      groups: [],
    };
    const report = windowReportOf({}, { truth: truth as never });
    expect(truthFigures(report)).toEqual({ Performance: 0.6, PerformanceDrop: 0.1, LabelPsi: 0.4 });
    expect(recordedOf(report).performance).toEqual({ metric: 'auc', ...estimate, rows: 300 });
  });

  it('are none of too few rows with truth: an alarm that rings is not cleared by what nobody can judge', () => {
    const estimate = { value: 0.6, low: 0.2, high: 0.9 };
    const { minRows } = windowReportOf();
    const truth = {
      asOf: '2026-01-02T00:00:00.000Z',
      metrics: {},
      watched: { metric: 'auc', now: estimate, before: estimate, drop: 0, margin: 0 },
      labels: { psi: 0.4, drifted: false },
      labelShares: null,
      groups: [],
    };
    const figuresOf = (rows: number) =>
      truthFigures(windowReportOf({}, { truth: { ...truth, rows } as never }));
    expect(Object.values(figuresOf(minRows - 1))).toEqual([null, null, null]);
    expect(figuresOf(minRows)).toEqual({ Performance: 0.6, PerformanceDrop: 0, LabelPsi: 0 });
  });
});

describe('performanceDrop', () => {
  const estimate = (value: number) => ({ value, low: value - 0.1, high: value + 0.1 });
  const dropping = (drop: number) =>
    windowReportOf(
      {},
      {
        truth: {
          asOf: '2026-01-02T00:00:00.000Z',
          rows: 300,
          metrics: {},
          watched: { metric: 'auc', now: estimate(0.6), before: estimate(0.75), drop, margin: 0 },
          labels: null,
          labelShares: null,
          groups: [],
        } as never,
      },
    );

  it('is what the truth of a window shows: the metric then and now, and how much it fell at least', () => {
    const { version, from, to, revision } = dropping(0.05);
    expect(performanceDrop(dropping(0.05))).toEqual({
      version,
      metric: 'auc',
      before: 0.75,
      now: 0.6,
      drop: 0.05,
      rows: 300,
      window: { from, to, revision },
    });
  });

  it('is none without truth, and none within the noise', () => {
    expect(performanceDrop(windowReportOf({}, { truth: null }))).toBeUndefined();
    expect(performanceDrop(dropping(0))).toBeUndefined();
  });
});
