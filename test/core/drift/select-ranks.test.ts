import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Exponents } from '#core/drift/select-ranks.ts';
import { seededRandom } from '#core/random/seeded-random.ts';

/** In pieces of two and one, and the last look in place. */
function selectRanks(values: Float64Array, ranks: readonly number[]) {
  const starts = Array.from({ length: Math.ceil(values.length / 3) }, (_, index) => 3 * index);
  const pieces = starts.flatMap((start) => [
    values.subarray(start, start + 2),
    values.subarray(start + 2, start + 3),
  ]);
  const exponents = new Exponents();
  for (const piece of pieces) exponents.add(piece);
  const buckets = exponents.buckets();
  for (const piece of pieces) buckets.add(piece);
  const slots = buckets.slots(ranks, values);
  for (const piece of pieces) slots.add(piece);
  return slots.ranked();
}

/** By sorting and counting, in the plainest way. */
function bySorting(values: readonly number[], ranks: readonly number[]) {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  return ranks.map((rank) => {
    const value = sorted[rank] as number;
    const [below, above] = [sorted.indexOf(value), sorted.lastIndexOf(value)];
    return { value, below, atMost: above + 1 };
  });
}

describe('numbers at ranks', () => {
  const number = fc.oneof(
    fc.double({ noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    // As close as doubles can be, and closer than what the upper bits tell apart.
    fc.integer({ min: 0, max: 9 }).map((steps) => 1 + steps * Number.EPSILON),
    fc.constantFrom(Infinity, -Infinity, 5e-324, -5e-324, Number.MAX_VALUE),
  );
  const values = fc.array(
    number.map((value) => value + 0),
    { minLength: 1, maxLength: 300, size: 'max' },
  );

  it('are those that sorting puts there, with as many below and at most', () => {
    fc.assert(
      fc.property(values, fc.array(fc.nat(), { maxLength: 20 }), (found, places) => {
        const ranks = [...new Set(places.map((place) => place % found.length))].sort((a, b) => a - b);
        expect(selectRanks(Float64Array.from(found), ranks)).toEqual(bySorting(found, ranks));
      }),
      { numRuns: 500 },
    );
  });

  const random = seededRandom('ranks');
  it.each([
    ['normal', () => random.normal()],
    ['of many sizes', () => Math.exp(20 * random.normal())],
    ['even', () => 1000 * random.uniform()],
    ['of few kinds', () => random.integer(-20, 20) / 8],
    ['all equal', () => 7],
    ['close together', () => 1e9 + random.uniform() / 1e3],
    ['of two heaps far apart', () => (random.uniform() < 0.5 ? -1e300 : 1e-300) * (1 + random.uniform())],
  ])('are so for many numbers, too: %s', (_, next) => {
    const found = Array.from({ length: 60_000 }, () => next() + 0);
    const ranks = [0, 1, 299, 300, 5999, 30_000, 30_001, 45_000, 59_998, 59_999];
    expect(selectRanks(Float64Array.from(found), ranks)).toEqual(bySorting(found, ranks));
  });

  it('may be in any part of a buffer, and of none there are none', () => {
    const shared = Float64Array.of(9, 3, 1, 2, 9);
    expect(selectRanks(shared.subarray(1, 4), [1])).toEqual([{ value: 2, below: 1, atMost: 2 }]);
    expect(selectRanks(new Float64Array(), [])).toEqual([]);
  });
});
