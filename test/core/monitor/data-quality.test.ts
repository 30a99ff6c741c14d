import { describe, expect, it } from 'vitest';
import { categoricalProfile } from '#core/drift/profile.ts';
import { dataQuality } from '#core/monitor/data-quality.ts';

const profile = (column: string, missing: number, rows: number) =>
  categoricalProfile(
    column,
    ['x'],
    Array.from({ length: rows }, (_, row) => (row < missing ? null : 'x')),
  );
const options = { minRows: 200, threshold: 0.05 };

describe('columns that are missing more often', () => {
  const found = (now: readonly [number, number], before: readonly [number, number], others = 0) => {
    const still = Array.from({ length: others }, (_, index) => profile(`s${index}`, 0, now[1]));
    return dataQuality(
      { columns: [profile('a', ...now), ...still], quality: [] },
      [profile('a', ...before), ...still],
      options,
    ).missing;
  };

  it('are named with both shares', () => {
    expect(found([40, 1000], [100, 10_000])).toEqual([{ column: 'a', before: 0.01, now: 0.04 }]);
  });

  it('are not where the rise may be chance, were it the first row that is missing', () => {
    expect(found([5, 200], [100, 10_000])).toEqual([]);
    expect(found([1, 200], [1, 10_000])).toEqual([]);
  });

  it('are not where they are missing less often', () => {
    expect(found([0, 1000], [1000, 10_000])).toEqual([]);
  });

  it('are not for a rise by less than a hundredth of the rows, however sure', () => {
    expect(found([1900, 100_000], [1000, 100_000])).toEqual([]);
    expect(found([2000, 100_000], [1000, 100_000])).toHaveLength(1);
  });

  it('must be surer the more columns there are: one of a hundred is missing by chance', () => {
    // Fisher's p-value is 0.0014.
    const rise = [9, 300] as const;
    expect(found(rise, [60, 10_000])).toHaveLength(1);
    expect(found(rise, [60, 10_000], 99)).toEqual([]);
  });

  it('are not looked for in fewer rows than a window needs, nor without a baseline', () => {
    expect(found([199, 199], [0, 10_000])).toEqual([]);
    expect(found([500, 500], [0, 0])).toEqual([]);
  });

  it('come with the largest rise first', () => {
    const { missing } = dataQuality(
      { columns: [profile('a', 100, 1000), profile('b', 300, 1000)], quality: [] },
      [profile('a', 0, 1000), profile('b', 100, 1000)],
      options,
    );
    expect(missing.map(({ column }) => column)).toEqual(['b', 'a']);
  });
});

it('values that a dataset would refuse are counted, the worst column first', () => {
  const quality = [
    { column: 'a', nulls: 1, types: 0, ranges: 1 },
    { column: 'b', nulls: 0, types: 0, ranges: 0 },
    { column: 'c', nulls: 0, types: 3, ranges: 0 },
  ];
  const found = dataQuality({ columns: [], quality }, [], options);
  expect(found).toMatchObject({ violations: 5, threshold: 0.05 });
  expect(found.columns.map(({ column }) => column)).toEqual(['c', 'a']);
});
