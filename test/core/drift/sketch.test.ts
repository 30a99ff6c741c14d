import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowProfile } from '#core/drift/index.ts';
import { decileCuts, type NumericProfile, numericProfile } from '#core/drift/profile.ts';
import { distinctPoints, mergeSketches, type Sketch, Tails } from '#core/drift/sketch.ts';

const values = Array.from({ length: 300 }, (_, index) => ((index * 37) % 300) / 7);
const baseline = numericProfile('x', decileCuts(values), values);
const sketchOf = (numbers: readonly number[]) =>
  (windowProfile(baseline, numbers) as NumericProfile).sketch as Sketch;
/** Also such as lose bits when they are added as doubles. */
const numbers = fc.array(
  fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(1e140, -1e140, 1e-30, ...values)),
);

describe('the tails of a window', () => {
  const sumsOf = (...numbers: number[]) => {
    const tails = new Tails([0, 10]);
    for (const number of numbers) tails.add(number);
    return tails.sums();
  };

  it('are how far numbers are beyond the outer points, and nothing of what is between or at them', () => {
    expect(sumsOf(-1, -2.5, 0, 3, 10, 13)).toEqual({ below: [3.5], above: [3] });
    expect(sumsOf(0, 10)).toEqual({ below: [], above: [] });
  });

  it('keep what a sum of doubles loses', () => {
    // math.fsum([1e16, 1, 1]) is 10000000000000002; ((1e16 + 1) + 1) is 1e16.
    expect(sumsOf(1e16 + 10, 11, 11).above).toEqual([10000000000000002]);
  });

  it('of a single point are its two sides', () => {
    const tails = new Tails([5]);
    for (const number of [5, 4, 7]) tails.add(number);
    expect(tails.sums()).toEqual({ below: [1], above: [2] });
  });
});

describe('merged sketches', () => {
  it('are the sketch of the whole, to the bit, whichever part is first', () => {
    fc.assert(
      fc.property(numbers, numbers, numbers, (a, b, c) => {
        const whole = sketchOf([...a, ...b, ...c]);
        const [one, two, three] = [a, b, c].map(sketchOf) as [Sketch, Sketch, Sketch];
        expect(mergeSketches(mergeSketches(one, two), three)).toEqual(whole);
        expect(mergeSketches(three, mergeSketches(two, one))).toEqual(whole);
      }),
    );
  });

  it('count every number once', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const { counts } = mergeSketches(sketchOf(a), sketchOf(b));
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(a.length + b.length);
      }),
    );
  });
});

it('points that are the same are one', () => {
  expect(distinctPoints([1, 1, 2, 2, 2, 5])).toEqual([1, 2, 5]);
  expect(distinctPoints([])).toEqual([]);
});
