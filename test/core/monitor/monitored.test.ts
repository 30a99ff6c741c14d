import { describe, expect, it } from 'vitest';
import { monitoredWindow } from '#core/monitor/monitored.ts';
import { windowReportOf } from '#test/support/window-reports.ts';

const window = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-01T01:00:00.000Z', revision: 1, fresh: true };
const keys = { reportKey: 'reports/late/report.json', pageKey: null };

describe('what a run hands on of a window', () => {
  it('counts the rows that were compared, not those of other versions without the columns', () => {
    expect(monitoredWindow(windowReportOf({ rows: 300 }, { rows: 320 }), window, keys).rows).toBe(300);
  });

  it('names what drifted of the training data, though nothing did since the window before', () => {
    const quiet = windowReportOf().inputs;
    const before = { from: window.from, to: window.to, inputs: quiet };
    const found = monitoredWindow(windowReportOf({ further: 900 }, { before }), window, keys);
    expect(found).toMatchObject({ column: 'km', drifted: ['km'], shifted: [] });
    expect(found.psi).toBeGreaterThan(0.2);
  });

  it('says which of what drifted the model hardly relies on: it is no reason to do anything', () => {
    const lightOf = (km: number) =>
      monitoredWindow(windowReportOf({ further: 900, weights: { km, hour: 1 - km } }), window, keys);
    expect(lightOf(0.01)).toMatchObject({ drifted: ['km'], light: ['km'] });
    expect(lightOf(0.5)).toMatchObject({ drifted: ['km'], light: [] });
  });

  it('gives performance with how many rows it is of, and none where the watched metric is not known', () => {
    const truth = {
      asOf: window.to,
      rows: 40,
      metrics: {},
      watched: { metric: 'auc', now: { value: 0.7, low: 0.6, high: 0.8 } },
    };
    const performanceOf = (changes: object) =>
      monitoredWindow(windowReportOf({}, { truth: { ...truth, ...changes } as never }), window, keys)
        .performance;
    expect(performanceOf({})).toEqual({ metric: 'auc', value: 0.7, rows: 40 });
    expect(performanceOf({ watched: null })).toBeNull();
  });

  it('never passes an estimate for what was measured', () => {
    const estimate = {
      method: 'confidence-based',
      rows: 300,
      watched: 'auc',
      metrics: { auc: 0.8 },
    } as const;
    const found = monitoredWindow(windowReportOf({}, { estimate }), window, keys);
    expect([found.performance, found.estimate]).toEqual([null, { auc: 0.8 }]);
  });
});
