import { describe, expect, it } from 'vitest';
import { attentionOf } from '#core/monitor/attention.ts';
import type { WindowReport, WindowTruth } from '#core/monitor/report.ts';
import { inputDriftOf, type TripWindow, windowReportOf } from '#test/support/window-reports.ts';

const said = (changes: Partial<WindowReport> = {}, window: TripWindow = {}) =>
  attentionOf(windowReportOf(window, changes));

const estimate = (value: number) => ({ value, low: value, high: value });
const truth: WindowTruth = {
  asOf: '2026-02-01T00:00:00.000Z',
  rows: 1234,
  metrics: {},
  watched: { metric: 'auc', now: estimate(0.7051), before: estimate(0.75), drop: 0.021, margin: 0 },
  labels: null,
  labelShares: null,
  groups: [],
};
const driftedColumn = { ...inputDriftOf({ further: 500 }).columns[0], psi: 0.5, drifted: true } as never;

describe('what a person should know of a window', () => {
  it('is nothing of a quiet one, nor of one with too little to say', () => {
    expect(said()).toEqual([]);
    expect(said({}, { rows: 0 })).toEqual([]);
  });

  it('is what has drifted, and how much the model relies on it', () => {
    const psi = Number(inputDriftOf({ further: 500 }).psi?.toPrecision(3));
    expect(said({}, { further: 500, weights: { km: 0.08 } })).toEqual([
      {
        cause: 'drift',
        text: `km has drifted: PSI ${psi}, from 0.2 on it counts, and the model relies on it for 8 % of its answers`,
      },
    ]);
    expect(said({}, { further: 500 })[0]?.text).toBe(`km has drifted: PSI ${psi}, from 0.2 on it counts`);
  });

  it('names three columns and counts the others, and leaves out those too light to wake anybody', () => {
    const of = (name: string, weight: number | null) => ({
      ...(driftedColumn as object),
      column: name,
      weight,
    });
    const inputs = (names: readonly string[], light: readonly string[]) =>
      inputDriftOf(
        {},
        { drifted: names, light, columns: names.map((name) => of(name, name === 'b' ? null : 0.3)) as never },
      );
    expect(said({ inputs: inputs(['a', 'b', 'c', 'd', 'e'], ['c']) })[0]?.text).toBe(
      'a (PSI 0.5, 30 % of what the model relies on), b (PSI 0.5), d (PSI 0.5, 30 % of what the model relies on) and ' +
        '1 other have drifted: from a PSI of 0.2 on it counts',
    );
    expect(said({ inputs: inputs(['a', 'b'], ['b']) })[0]?.text).toMatch(/^a has drifted: PSI 0.5, /);
    expect(said({ inputs: inputs(['a'], ['a']) })).toEqual([]);
  });

  it('is what came true', () => {
    expect(said({ truth })).toEqual([
      {
        cause: 'performance',
        text: 'auc is 0.705 on 1234 rows with truth and was 0.75 when the version was judged: worse by at least 0.021',
      },
    ]);
    const watched = { ...(truth.watched as NonNullable<WindowTruth['watched']>), margin: 0.01 };
    expect(said({ truth: { ...truth, watched } })[0]?.text).toMatch(/at least 0.021, and 0.01 is allowed$/);
    expect(said({ truth: { ...truth, watched: { ...watched, drop: 0 } } })).toEqual([]);
    expect(said({ truth: { ...truth, watched: null } })).toEqual([]);
  });

  it('is what breaks the declared columns, from the share on that the model allows', () => {
    const columns = [
      { column: 'km', nulls: 0, types: 20, ranges: 29 },
      { column: 'city', nulls: 1, types: 0, ranges: 0 },
    ];
    const quality = { violations: 50, threshold: 0.05, columns, missing: [] };
    expect(said({ quality })).toEqual([
      { cause: 'quality', text: 'km (49 rows) and city (1 row) break what the dataset declares' },
    ]);
    expect(said({ quality: { ...quality, violations: 49 } })).toEqual([]);
    const missing = [{ column: 'km', before: 0.01, now: 0.12 }];
    expect(said({ quality: { ...quality, violations: 49, missing } })[0]?.text).toBe(
      'km (1 % to 12 %) is missing more often than in training',
    );
    expect(said({ quality: { ...quality, columns: columns.slice(0, 1), missing } })[0]?.text).toBe(
      'km (49 rows) breaks what the dataset declares; km (1 % to 12 %) is missing more often than in training',
    );
  });

  it('is which groups are selected too seldom', () => {
    const group = (name: string, breached: boolean) => ({
      group: name,
      rows: 300,
      selectionRate: estimate(0.2),
      disparateImpact: 0.4,
      breached,
    });
    const groups = (breached: boolean) => [
      {
        by: 'city',
        missing: [],
        reference: { group: 'north' },
        rows: 1000,
        groups: [group('north', false), group('south', breached)],
      },
    ];
    expect(said({ groups: groups(true) })).toEqual([
      {
        cause: 'bias',
        text: 'selection rates differ by more than gates.fairness allows: city south and north (ratio 0.4)',
      },
    ]);
    expect(said({ groups: groups(false) })).toEqual([]);
  });

  it('is what the model relies on now', () => {
    const features = [
      { feature: 'km', before: 0.7, now: 0.1 },
      { feature: 'city', before: 0.3, now: 0.5 },
      { feature: 'hour', before: 0, now: 0.4 },
    ];
    const attribution = (ndcg: number) => ({ ndcg, threshold: 0.9, rows: 500, features });
    expect(said({ attribution: attribution(0.6123) })).toEqual([
      {
        cause: 'attribution',
        text: 'the model relies on other features than when it was judged: nDCG 0.612, below 0.9 it counts; km went from 70 % to 10 %',
      },
    ]);
    expect(said({ attribution: attribution(0.9) })).toEqual([]);
  });

  it('comes with the gravest first, a sentence a cause', () => {
    const all = said(
      {
        truth: { ...truth, labels: driftedColumn },
        predictions: driftedColumn,
        quality: {
          violations: 900,
          threshold: 0.05,
          columns: [{ column: 'km', nulls: 900, types: 0, ranges: 0 }],
          missing: [],
        },
      },
      { further: 500 },
    );
    expect(all.map(({ cause }) => cause)).toEqual([
      'performance',
      'drift',
      'prediction-drift',
      'quality',
      'label-drift',
    ]);
    expect(all[2]?.text).toBe('what the model answers has drifted: PSI 0.5, from 0.2 on it counts');
    expect(all[4]?.text).toBe('what really happens has drifted: PSI 0.5, from 0.2 on it counts');
  });
});
