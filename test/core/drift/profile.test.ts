import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binNumber,
  categoricalProfile,
  cutsFromDeciles,
  decileCuts,
  numericProfile,
  sharesOf,
} from '#core/drift/profile.ts';

const numbers = fc.array(fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 })), {
  minLength: 1,
  maxLength: 200,
});

describe('decile cuts', () => {
  it('of 1 to 100 in any order are 10, 20, ..., 90: ten rows a bin', () => {
    const values = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    expect(decileCuts(values)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(numericProfile('x', decileCuts(values), values).counts).toEqual(Array(10).fill(10));
  });

  it('of a constant split less, equal and more, so a shift either way shows', () => {
    const cuts = decileCuts([7, 7, 7, 7]);
    expect(numericProfile('x', cuts, [7, 7, 6.999, 7.001]).counts).toEqual([1, 2, 1]);
  });

  it.each([
    [0, -5e-324],
    [5e-324, 0],
    [-7, -7.000000000000001],
    [1e300, 9.999999999999999e299],
    [-0.1, -0.10000000000000002],
  ])('give the frequent value %d a bin of its own: %d is below it', (frequent, justBelow) => {
    const cuts = cutsFromDeciles([frequent - 1e301, frequent, frequent, frequent + 1e301]);
    expect([binNumber(cuts, justBelow), binNumber(cuts, frequent)]).toEqual([1, 2]);
  });

  it('leave out null and NaN, and of nothing else are none', () => {
    expect(decileCuts([null, Number.NaN])).toEqual([]);
    const values = Array.from({ length: 100 }, (_, index) => index);
    expect(decileCuts([...values, ...Array(50).fill(Number.NaN), ...Array(50).fill(null)])).toEqual(
      decileCuts(values),
    );
  });

  it('leave out infinities, which JSON has no word for', () => {
    expect(cutsFromDeciles([-Infinity, -Infinity, 1, 2, Infinity])).toEqual([1, 2]);
  });

  it('of the smallest number there is have none below it', () => {
    expect(decileCuts([-Number.MAX_VALUE])).toEqual([-Number.MAX_VALUE]);
  });

  it('rise, are at most 18, survive JSON and put each value into one bin', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const cuts = decileCuts(values);
        expect(cuts.length).toBeLessThanOrEqual(18);
        expect(cuts.every((cut, index) => index === 0 || cut > (cuts[index - 1] as number))).toBe(true);
        expect(JSON.parse(JSON.stringify(cuts.map((cut) => cut + 0)))).toEqual(cuts.map((cut) => cut + 0));
        const { counts, rows } = numericProfile('x', cuts, values);
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(rows);
      }),
    );
  });
});

describe('the bin of a number', () => {
  it('is how many cuts are below it', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -20, max: 20 })),
        fc.integer({ min: -25, max: 25 }),
        (some, value) => {
          const cuts = some.sort((a, b) => a - b);
          expect(binNumber(cuts, value)).toBe(cuts.filter((cut) => cut < value).length);
        },
      ),
    );
  });

  it('of an infinity is an outer one', () => {
    expect([binNumber([1, 2], -Infinity), binNumber([1, 2], Infinity)]).toEqual([0, 2]);
  });
});

describe('profiles', () => {
  it('of numbers count null and NaN as missing', () => {
    expect(numericProfile('gust', [10], [5, 10, 11, null, Number.NaN])).toMatchObject({
      column: 'gust',
      kind: 'number',
      cuts: [10],
      counts: [2, 1],
      missing: 2,
      rows: 5,
    });
  });

  it('of levels count new ones as other and null as missing', () => {
    expect(categoricalProfile('carrier', ['UA', 'AA'], ['AA', 'UA', 'AA', 'ZZ', '', null])).toEqual({
      column: 'carrier',
      kind: 'category',
      levels: ['UA', 'AA'],
      counts: [1, 2],
      other: 2,
      missing: 1,
      rows: 6,
    });
  });

  it('of levels named like parts of an object are levels like others', () => {
    expect(categoricalProfile('x', ['__proto__'], ['__proto__', 'constructor'])).toMatchObject({
      counts: [1],
      other: 1,
    });
  });

  it('give shares with other and missing as bins of their own', () => {
    expect(sharesOf(numericProfile('x', [1], [0, 1, 2, null]))).toEqual([0.5, 0.25, 0.25]);
    expect(sharesOf(categoricalProfile('x', ['a'], ['a', 'b', null, null]))).toEqual([0.25, 0.25, 0.5]);
  });

  it('without rows have shares 0, not NaN', () => {
    expect(sharesOf(numericProfile('x', [1], []))).toEqual([0, 0, 0]);
  });
});
