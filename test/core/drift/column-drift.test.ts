import { describe, expect, it } from 'vitest';
import { columnDrift } from '#core/drift/column-drift.ts';
import { BinMismatchError } from '#core/drift/errors.ts';
import { windowProfile } from '#core/drift/index.ts';
import { categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { normalQuantile } from '#core/evaluate/normal.ts';

const repeat = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);
const spread = Array.from({ length: 1000 }, (_, index) => index);
const cuts = decileCuts(spread);
const baseline = numericProfile('x', cuts, spread);
const againstSpread = (values: (number | null)[]) => columnDrift(baseline, windowProfile(baseline, values));

describe('drift of a column', () => {
  it('of the baseline itself is none', () => {
    expect(columnDrift(baseline, baseline)).toMatchObject({
      psi: 0,
      pValue: 1,
      rows: 1000,
      drifted: false,
      verdict: 'stable',
    });
  });

  it('is found when the window moved', () => {
    const moved = againstSpread(spread.map((value) => value + 300));
    expect(moved).toMatchObject({ column: 'x', drifted: true, verdict: 'drifted', pValue: 0 });
    expect(moved.psi).toBeGreaterThan(moved.bound as number);
  });

  it('is not called on a window with too few rows, whatever its PSI', () => {
    const few = numericProfile('x', cuts, repeat(199, 999));
    expect(columnDrift(baseline, few)).toMatchObject({ verdict: 'too-few-rows', drifted: false, rows: 199 });
    expect(columnDrift(baseline, few, { minRows: 199 }).verdict).toBe('drifted');
  });

  it('is not called when noise explains the PSI', () => {
    const window = numericProfile('x', cuts, [
      ...spread.filter((value) => value % 100 === 0),
      ...repeat(4, 5),
    ]);
    expect(columnDrift(baseline, window, { minRows: 10, threshold: 0.1 })).toMatchObject({
      verdict: 'within-noise',
      drifted: false,
    });
  });

  it('starts exactly at the threshold', () => {
    const moved = numericProfile(
      'x',
      cuts,
      spread.map((value) => value + 100),
    );
    const value = columnDrift(baseline, moved).psi as number;
    expect(columnDrift(baseline, moved, { threshold: value }).verdict).toBe('drifted');
    expect(columnDrift(baseline, moved, { threshold: value * (1 + 1e-9) }).verdict).toBe('shifted');
  });

  it('below the threshold is a shift when it is sure and large enough to matter, and no drift', () => {
    const normal = Array.from({ length: 10_000 }, (_, i) => normalQuantile((i + 0.5) / 10_000));
    const before = numericProfile('x', decileCuts(normal), normal);
    const movedBy = (shift: number, rows = 10_000) =>
      columnDrift(
        before,
        numericProfile(
          'x',
          before.cuts,
          normal.filter((_, i) => i % (10_000 / rows) === 0).map((value) => value + shift),
        ),
      );
    expect(movedBy(0.3)).toMatchObject({ verdict: 'shifted', drifted: false });
    expect(movedBy(0.15)).toMatchObject({ verdict: 'stable', drifted: false });
    expect(movedBy(0.15).pValue).toBeLessThan(1e-9);
    expect(movedBy(0.3, 100)).toMatchObject({ verdict: 'too-few-rows' });
    expect(movedBy(0.6)).toMatchObject({ verdict: 'drifted' });
  });

  it('is no shift that noise explains', () => {
    const few = [...spread.filter((value) => value % 100 === 0), ...repeat(4, 5)];
    const drift = columnDrift(baseline, numericProfile('x', cuts, few), { minRows: 10, threshold: 100 });
    expect(drift.jensenShannon).toBeGreaterThan(0.1);
    expect(drift.verdict).toBe('within-noise');
  });

  it('has a wider noise bound at a higher confidence', () => {
    const at = (confidence: number) => columnDrift(baseline, baseline, { confidence }).bound as number;
    expect(at(0.99)).toBeGreaterThan(at(0.95));
  });

  it('of an empty window or baseline is unknown, not NaN', () => {
    const unknown = {
      ...{ psi: null, bound: null, pValue: null, jensenShannon: null, chiSquare: null },
      ...{ kolmogorovSmirnov: null, wasserstein: null, drifted: false, verdict: 'no-rows' },
    };
    expect(againstSpread([])).toMatchObject({ ...unknown, rows: 0 });
    expect(columnDrift(numericProfile('x', [], []), numericProfile('x', [], [1]))).toMatchObject({
      ...unknown,
      rows: 1,
    });
  });

  it('of values that became null is found', () => {
    expect(againstSpread([...spread.slice(0, 500), ...repeat(500, null)]).verdict).toBe('drifted');
  });

  it('takes NaN as null', () => {
    expect(againstSpread(repeat(300, Number.NaN))).toEqual(againstSpread(repeat(300, null)));
  });
});

describe('what else a report says of a column', () => {
  it('of numbers that moved by half their deviation', () => {
    const deviation = Math.sqrt((1000 ** 2 - 1) / 12);
    const moved = againstSpread(spread.map((value) => value + deviation / 2));
    expect(Math.abs((moved.wasserstein ?? 0) - 0.5)).toBeLessThan(0.001);
    // At the cut 199: 200 rows at or below it before, 55 after.
    expect(moved.kolmogorovSmirnov?.statistic).toBeCloseTo(0.145, 12);
    expect(moved.chiSquare).toMatchObject({ degrees: 9 });
    expect(moved.jensenShannon).toBeGreaterThan(0.1);
  });

  it('of the baseline itself is nothing', () => {
    expect(againstSpread(spread)).toMatchObject({
      jensenShannon: 0,
      chiSquare: { statistic: 0, pValue: 1 },
      kolmogorovSmirnov: { statistic: 0, pValue: 1 },
      wasserstein: 0,
    });
  });

  it('has no order and no distance between levels, nor between numbers and none', () => {
    const levels = categoricalProfile('c', ['a'], ['a', 'b']);
    for (const drift of [columnDrift(levels, levels), againstSpread(repeat(300, null))]) {
      expect(drift).toMatchObject({ kolmogorovSmirnov: null, wasserstein: null });
      expect(drift.jensenShannon).not.toBeNull();
    }
  });

  it('has no distance in a bundle from before its baseline kept where the numbers lie', () => {
    const { spread: _, ...old } = baseline;
    const drift = columnDrift(
      old,
      numericProfile(
        'x',
        cuts,
        spread.map((value) => value + 300),
      ),
    );
    expect(drift).toMatchObject({ wasserstein: null, verdict: 'drifted' });
  });
});

describe('drift of a constant column', () => {
  const constant = decileCuts(repeat(500, 7));
  const before = numericProfile('x', constant, repeat(500, 7));
  const becoming = (value: number | null) =>
    columnDrift(before, numericProfile('x', constant, repeat(500, value)));

  it('that stays is 0 with bound 0', () => {
    expect(becoming(7)).toMatchObject({ psi: 0, bound: 0, pValue: 1, verdict: 'stable', wasserstein: null });
  });

  it.each([6, 8, null])('that becomes %o is found', (value) => {
    expect(becoming(value).verdict).toBe('drifted');
  });
});

describe('drift of an all-null column', () => {
  const before = numericProfile('x', decileCuts([]), repeat(500, null));

  it('that stays null is 0', () => {
    expect(columnDrift(before, numericProfile('x', [], repeat(500, null)))).toMatchObject({
      psi: 0,
      verdict: 'stable',
    });
  });

  it('that gets values is found', () => {
    expect(columnDrift(before, numericProfile('x', [], spread)).verdict).toBe('drifted');
  });
});

describe('drift of levels', () => {
  const levels = ['UA', 'AA', 'DL'];
  const before = categoricalProfile('carrier', levels, [
    ...repeat(600, 'UA'),
    ...repeat(300, 'AA'),
    ...repeat(100, 'DL'),
  ]);
  const becoming = (values: (string | null)[]) =>
    columnDrift(before, categoricalProfile('carrier', levels, values));

  it('of the same shares is 0', () => {
    expect(becoming([...repeat(120, 'UA'), ...repeat(60, 'AA'), ...repeat(20, 'DL')]).psi).toBe(0);
  });

  it('finds a new level', () => {
    expect(
      becoming([...repeat(400, 'UA'), ...repeat(300, 'AA'), ...repeat(100, 'DL'), ...repeat(200, 'ZZ')])
        .verdict,
    ).toBe('drifted');
  });

  it('finds a level that vanished', () => {
    expect(becoming([...repeat(700, 'UA'), ...repeat(300, 'AA')]).verdict).toBe('drifted');
  });
});

describe('a window over other bins is refused', () => {
  it.each([
    ['cuts', baseline, numericProfile('x', [1, 2], [1])],
    ['column', baseline, { ...baseline, column: 'y' }],
    ['number of bins', baseline, { ...baseline, counts: baseline.counts.slice(1) }],
    ['kind', numericProfile('x', [], [1]), categoricalProfile('x', ['a'], ['a'])],
    ['levels', categoricalProfile('x', ['a', 'b'], ['a']), categoricalProfile('x', ['b', 'a'], ['a'])],
  ])('another %s', (_, one, other) => {
    expect(() => columnDrift(one, other)).toThrow(BinMismatchError);
    expect(() => columnDrift(one, other)).toThrow('bins of the window of x must be');
  });
});
