import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BaselineNumbers } from '#core/drift/baseline-profile.ts';
import { decileCuts, numericProfile } from '#core/drift/profile.ts';
import { SPREAD_REACH, spreadOf } from '#core/drift/spread.ts';

/** As the engine hands them over, in two pieces: null is NaN, and NaN is Infinity. */
function baselineProfile(values: readonly (number | null)[]) {
  const handed = values.map((value) =>
    value === null ? Number.NaN : Number.isNaN(value) ? Infinity : value,
  );
  const numbers = new BaselineNumbers('x', new Float64Array(values.length));
  numbers.add(Float64Array.from(handed.slice(0, 150)));
  numbers.add(Float64Array.from(handed.slice(150)));
  return numbers.profile();
}
const number = fc.oneof(
  fc.double({ noNaN: true }),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(null, -0, 1e150, -1e150, Infinity, -Infinity),
);
const numbers = fc.array(number, { maxLength: 400, size: 'max' });

/** By the plain formula, whose squares of small numbers are 0: those are brought to larger ones first, exactly. */
function deviationOfScaled(values: readonly (number | null)[]): number {
  const near = values.filter((value) => value !== null && Math.abs(value) < SPREAD_REACH) as number[];
  const factor = near.every((value) => Math.abs(value) < 1e-100) ? 2 ** 500 : 1;
  return (spreadOf(near.map((value) => value * factor))?.deviation ?? 0) / factor;
}

describe('a baseline’s profile', () => {
  it('has the cuts, counts and points that sorting all numbers gives', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const { spread, ...bins } = numericProfile('x', decileCuts(values), values);
        const { spread: found, ...foundBins } = baselineProfile(values);
        expect(foundBins).toEqual(bins);
        expect(found?.points).toEqual(spread?.points);
        const [deviation, expected] = [found?.deviation ?? 0, deviationOfScaled(values)];
        expect(Math.abs(deviation - expected)).toBeLessThanOrEqual(1e-12 * expected + 1e-300);
      }),
      { numRuns: 500 },
    );
  });

  it('is the same to the bit in any order of the rows', () => {
    fc.assert(
      fc.property(numbers, fc.infiniteStream(fc.nat()), (values, places) => {
        const mixed = values.map((value) => ({ value, place: places.next().value as number }));
        const other = mixed.toSorted((a, b) => a.place - b.place).map(({ value }) => value);
        expect(baselineProfile(other)).toEqual(baselineProfile(values));
      }),
    );
  });

  it('counts NaN above every cut, and as no number of the spread', () => {
    expect(baselineProfile([2, Number.NaN, null, 1])).toEqual({
      column: 'x',
      kind: 'number',
      cuts: [1 - 2 ** -53, 1, 2 - 2 ** -52, 2],
      counts: [0, 1, 0, 1, 1],
      missing: 1,
      rows: 4,
      spread: { points: [...Array(50).fill(1), ...Array(50).fill(2)], deviation: 0.5 },
    });
  });
});
