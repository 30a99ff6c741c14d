import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import { mergeProfiles, numberCounter, windowProfile } from '#core/drift/index.ts';
import { categoricalProfile, decileCuts, type NumericProfile, numericProfile } from '#core/drift/profile.ts';

const number = fc.oneof(
  fc.double(),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(null, -0, 1e150, -Infinity),
);
const numbers = fc.array(number, { maxLength: 200 });
const of = (values: readonly (number | null)[]) => numericProfile('x', decileCuts(values), values);
const levels = categoricalProfile('city', ['a', 'b', 'true'], ['a', 'a', 'b', 'true']);

describe('a window over a baseline’s bins', () => {
  it('has each number in the bin that a profile over these cuts has it in', () => {
    fc.assert(
      fc.property(numbers, numbers, (before, after) => {
        const { sketch, ...bins } = windowProfile(of(before), after) as NumericProfile;
        const { spread, ...expected } = numericProfile('x', decileCuts(before), after);
        expect(bins).toEqual(expected);
        if (spread && sketch) {
          const small = after.filter((value) => Math.abs(value ?? Number.NaN) < 1e150);
          expect(sketch.counts.reduce((a, b) => a + b)).toBe(small.length);
        }
      }),
    );
  });

  it('is the same of many numbers at once as of one after the other, also where cuts are far beyond the points', () => {
    const far = fc.oneof(
      fc.double({ min: -4, max: 4, noNaN: true }),
      fc.double({ min: -2e160, max: 2e160 }),
      fc.constantFrom(1e160, -1e160, 0, 1, Infinity, Number.NaN),
    );
    const many = fc.array(far, { minLength: 10, maxLength: 200, size: 'max' });
    fc.assert(
      fc.property(many, many, (before, after) => {
        const counter = numberCounter(of(before));
        counter.addNumbers(Float64Array.from(after.slice(0, 7)));
        counter.addNumbers(Float64Array.from(after.slice(7)));
        expect(counter.profile()).toEqual(windowProfile(of(before), after));
      }),
    );
  });

  it('has each level in the bin that a profile over these levels has it in', () => {
    const values = ['a', 'b', null, 'z', 'a', 'constructor'];
    expect(windowProfile(levels, values)).toEqual(categoricalProfile('city', levels.levels, values));
    expect(windowProfile(levels, [true, false, undefined])).toMatchObject({
      counts: [0, 0, 1],
      other: 1,
      missing: 1,
      rows: 3,
    });
  });

  it('says how many numbers are below, at, between and above the baseline’s points, and how far beyond', () => {
    const { sketch } = windowProfile(of([1, 2, 4]), [-5, 0.75, 1, 3, 3.5, 4, 4, 10, 4.5]) as NumericProfile;
    expect(sketch).toEqual({ counts: [2, 1, 0, 0, 2, 2, 2], below: [6.25], above: [6.5] });
  });

  it('takes what is no number for missing', () => {
    expect(windowProfile(of([1, 2]), ['1', true, undefined, Number.NaN])).toMatchObject({
      counts: windowProfile(of([1, 2]), []).counts,
      missing: 4,
      rows: 4,
    });
  });

  it('has no sketch where the baseline has no points', () => {
    const { spread: _, ...old } = of([1, 2]);
    expect(windowProfile(old, [1])).not.toHaveProperty('sketch');
  });
});

describe('merged profiles of parts', () => {
  it('are the profile of the whole, to the bit and in any order', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.nat(), (before, after, cut) => {
        const baseline = of(before);
        const [a, b] = [after.slice(0, cut % 201), after.slice(cut % 201)];
        const [x, y] = [windowProfile(baseline, a), windowProfile(baseline, b)];
        const whole = windowProfile(baseline, after);
        expect([mergeProfiles(x, y), mergeProfiles(y, x)]).toEqual([whole, whole]);
      }),
    );
  });

  it('of levels add up', () => {
    const [a, b] = [
      ['a', 'z', null],
      ['a', 'b', 'y'],
    ];
    expect(mergeProfiles(windowProfile(levels, a as never), windowProfile(levels, b as never))).toEqual(
      windowProfile(levels, [...(a as never[]), ...(b as never[])]),
    );
  });

  it('over other bins are refused', () => {
    expect(() => mergeProfiles(windowProfile(of([1, 2]), []), windowProfile(of([1, 3]), []))).toThrow(
      BinMismatchError,
    );
  });

  it('of which one has no sketch are refused: its rows would be missing from the other’s', () => {
    const { spread: _, ...old } = of([1, 2]);
    expect(() => mergeProfiles(windowProfile(of([1, 2]), []), windowProfile(old, []))).toThrow(
      'bins of the sketch of x must be 5 counts, got no counts',
    );
  });
});
