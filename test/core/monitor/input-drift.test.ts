import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import { type ColumnProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { windowProfile } from '#core/drift/window-profile.ts';
import { inputDrift } from '#core/monitor/input-drift.ts';

const spread = (rows: number, by = 0) => Array.from({ length: rows }, (_, n) => ((n * 7919) % 1000) + by);
const baseline = ['a', 'b', 'c', 'd'].map((column) =>
  numericProfile(column, decileCuts(spread(1000)), spread(1000)),
);
/** @param moved how far each column's values are from the baseline's */
const window = (moved: readonly number[], rows = 1000) =>
  baseline.map((profile, index) => windowProfile(profile, spread(rows, moved[index])));
const judged = (
  profiles: readonly ColumnProfile[],
  weights: Readonly<Record<string, number>> | null,
  minRows = 200,
) => inputDrift(baseline, profiles, { threshold: 0.2, minRows, weights, sensitive: ['e'] });

describe('drift of the inputs', () => {
  const even = { a: 0.25, b: 0.25, c: 0.25, d: 0.25 };

  it('is told by column, and alarms by the largest PSI', () => {
    const found = judged(window([500, 900, 0, 0]), even);
    expect(found.drifted).toEqual(['b', 'a']);
    expect(found.alarmPsi).toBe(found.psi);
    expect(found).toMatchObject({ column: 'b', threshold: 0.2, light: [], sensitive: ['e'] });
    expect(found.columns.map(({ weight }) => weight)).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect(found.profiles.map(({ window: { column } }) => column)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is in the order of weight x PSI', () => {
    const found = judged(window([500, 900, 0, 0]), { a: 0.8, b: 0.1, c: 0.1, d: 0 });
    expect(found.drifted).toEqual(['a', 'b']);
    expect(found.column).toBe('b');
  });

  it('of a column that the model hardly relies on is reported, and wakes nobody', () => {
    const light = judged(window([500, 900, 0, 0]), { a: 0.5, b: 0.0249, c: 0.4, d: 0.0751 });
    expect(light).toMatchObject({ drifted: ['a', 'b'], light: ['b'] });
    expect(light.alarmPsi).toBe(light.columns[0]?.psi);
    expect(judged(window([0, 900, 0, 0]), { a: 1, b: 0, c: 0, d: 0 })).toMatchObject({
      drifted: ['b'],
      light: ['b'],
      alarmPsi: 0,
    });
    expect(judged(window([500, 900, 0, 0]), { a: 0.5, b: 0.025, c: 0.4, d: 0.075 }).light).toEqual([]);
  });

  it('of a column counts whatever the model relies on where that is not known', () => {
    const found = judged(window([500, 900, 0, 0]), null);
    expect(found).toMatchObject({ drifted: ['b', 'a'], light: [] });
    expect(found.alarmPsi).toBe(found.psi);
    expect(found.columns.map(({ weight }) => weight)).toEqual([null, null, null, null]);
  });

  it('of all columns is their mean PSI by weight, the plain mean where weights are not known', () => {
    const psis = (weights: Record<string, number> | null) => {
      const { overall, columns } = judged(window([500, 900, 0, 0]), weights);
      return { overall, psis: columns.map(({ psi }) => psi as number) };
    };
    const weighed = psis({ a: 0.5, b: 0.25, c: 0, d: 0 });
    const [a = 0, b = 0] = weighed.psis;
    expect(weighed.overall).toBeCloseTo((0.5 * a + 0.25 * b) / 0.75, 12);
    expect(psis(null).overall).toBeCloseTo((a + b) / 4, 12);
    // What the model relies on is not among the compared columns.
    expect(psis({ a: 0, b: 0, c: 0, d: 0 }).overall).toBeCloseTo((a + b) / 4, 12);
  });

  it('does not alarm, nor say that all is well, of fewer rows than a window needs', () => {
    expect(judged(window([900, 0, 0, 0], 100), even, 200)).toMatchObject({ alarmPsi: null, drifted: [] });
    expect(judged(window([0, 0, 0, 0]), even)).toMatchObject({ alarmPsi: 0, drifted: [] });
  });

  it('does not say that all is well against training without a row', () => {
    const none = baseline.map(({ column, cuts }) => numericProfile(column, cuts, []));
    const found = inputDrift(none, window([0, 0, 0, 0]), {
      threshold: 0.2,
      minRows: 200,
      weights: even,
      sensitive: [],
    });
    expect(found).toMatchObject({ alarmPsi: null, overall: null });
  });

  it('is not known without a row', () => {
    expect(judged(window([0, 0, 0, 0], 0), even)).toMatchObject({
      alarmPsi: null,
      overall: null,
      psi: null,
      column: null,
      drifted: [],
    });
  });

  it('is refused over other bins', () => {
    const other = numericProfile('a', [1], [1]);
    expect(() => judged([other, ...window([0, 0, 0, 0]).slice(1)], even)).toThrow(BinMismatchError);
  });
});
