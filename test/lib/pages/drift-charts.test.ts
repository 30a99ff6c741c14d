import { describe, expect, it } from 'vitest';
import {
  type ColumnProfile,
  categoricalProfile,
  decileCuts,
  numericProfile,
  sharesOf,
} from '#core/drift/profile.ts';
import { barsOf, shareBars } from '#lib/pages/drift-charts.ts';

const between = (before: ColumnProfile, window: ColumnProfile) => ({
  baseline: { rows: before.rows, shares: sharesOf(before) },
  window,
});
const numbers = (cuts: readonly number[], before: (number | null)[], after: (number | null)[]) =>
  between(numericProfile('km', cuts, before), numericProfile('km', cuts, after));
const levels = (known: readonly string[], before: (string | null)[], after: (string | null)[]) =>
  between(categoricalProfile('city', known, before), categoricalProfile('city', known, after));

describe('the bars of a column', () => {
  it('of numbers are its bins in order, the outer ones open', () => {
    expect(barsOf(numbers([10, 20], [5, 15, 16, 25], [25, 26]))).toEqual([
      { bin: 'up to 10', before: 0.25, after: 0 },
      { bin: '10 to 20', before: 0.5, after: 0 },
      { bin: 'above 20', before: 0.25, after: 1 },
    ]);
  });

  it('a value with a bin of its own is named by itself', () => {
    const zeros = [-1, 0, 0, 0, 0, 0, 0, 0, 0, 1];
    const bars = barsOf(numbers(decileCuts(zeros), zeros, [0]));
    expect(bars).toContainEqual({ bin: '0', before: 0.8, after: 1 });
  });

  it('missing rows have one only where there are any', () => {
    expect(barsOf(numbers([10], [5, 15], [5, null])).at(-1)).toEqual({
      bin: '(missing)',
      before: 0,
      after: 0.5,
    });
    expect(barsOf(levels(['a'], ['a'], ['b'])).map(({ bin }) => bin)).toEqual(['a', '(other levels)']);
  });

  it('a column without any number has one bar for all that came', () => {
    expect(barsOf(numbers([], [null], [3]))).toEqual([
      { bin: 'any number', before: 0, after: 1 },
      { bin: '(missing)', before: 1, after: 0 },
    ]);
  });

  it('of many levels are those that moved most, in the order of the baseline, the rest summed up', () => {
    const known = Array.from({ length: 20 }, (_, index) => `city ${index}`);
    const bars = barsOf(levels(known, known, ['city 19', 'city 19', 'city 18', ...known]));
    expect(bars).toHaveLength(16);
    expect(bars.slice(-3).map(({ bin }) => bin)).toEqual(['city 18', 'city 19', '(5 more levels)']);
    expect(bars.at(-1)?.before).toBeCloseTo(5 / 20, 12);
    expect(bars.at(-1)?.after).toBeCloseTo(5 / 23, 12);
    const few = known.slice(0, 16);
    expect(barsOf(levels(few, few, few)).map(({ bin }) => bin)).toEqual(few);
  });

  it('no two have one name, so that none hides another', () => {
    const bars = barsOf(levels(['(missing)', '(other levels)'], ['(missing)'], ['x', null]));
    expect(new Set(bars.map(({ bin }) => bin)).size).toBe(4);
    expect(bars.map(({ bin }) => bin.replaceAll('\u200b', ''))).toEqual([
      '(missing)',
      '(other levels)',
      '(other levels)',
      '(missing)',
    ]);
  });
});

it('the picture has a bar a side for each bin', async () => {
  const { text } = await shareBars(numbers([10, 20], [5, 15, 16, 25], [25, 26, 14, 3]));
  expect(text.match(/fill="var\(--a\)"/g)).toHaveLength(3);
  expect(text.match(/fill="var\(--b\)"/g)).toHaveLength(3);
  expect(text).toContain('10 to 20');
});
