import { describe, expect, it } from 'vitest';
import { spreadOf, wasserstein } from '#core/drift/spread.ts';
import { expectClose } from '#test/core/fixtures/statistics/statistics.ts';

const hundred = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) ** 2 / 100);
const line = (rows: number) => Array.from({ length: rows }, (_, i) => i * 1.5 - 20);
const of = (before: readonly number[], after: readonly (number | null)[]) =>
  wasserstein(spreadOf(before), spreadOf(after));

describe('Wasserstein distance', () => {
  // scipy 1.17.1: stats.wasserstein_distance(a, b) / np.std(a)
  it.each([
    [100, 0.828497877929153],
    [50, 0.5446455928760188],
  ])('of 100 against %i points, in deviations of the 100, equals scipy’s', (rows, distance) => {
    expectClose(of(hundred, line(rows)), distance);
  });

  it('of a shift is the shift', () => {
    const many = Array.from({ length: 12_345 }, (_, i) => (i * 7919) % 12_345);
    const deviation = spreadOf(many)?.deviation as number;
    expect(
      of(
        many,
        many.map((value) => value - 0.3 * deviation),
      ),
    ).toBeCloseTo(0.3, 10);
  });

  it('leaves out null, NaN and infinities', () => {
    const odd = [null, Number.NaN, Infinity, -Infinity, 1e200];
    expect(spreadOf([...hundred, ...odd])).toEqual(spreadOf(hundred));
  });

  it('of a side without a number, or of a constant baseline, is unknown', () => {
    expect(of(hundred, [null])).toBeNull();
    expect(of([], hundred)).toBeNull();
    expect(of([7, 7], [8, 9])).toBeNull();
  });

  it('of numbers so large that their sum overflows is a number', () => {
    expect(of([-9e149, 9e149], [9e149])).toBeCloseTo(1, 12);
  });
});
