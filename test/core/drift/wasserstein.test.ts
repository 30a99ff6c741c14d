import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { windowProfile } from '#core/drift/index.ts';
import { decileCuts, type NumericProfile, numericProfile } from '#core/drift/profile.ts';
import { wasserstein } from '#core/drift/wasserstein.ts';
import { normalQuantile } from '#core/evaluate/normal.ts';

type Numbers = readonly (number | null)[];

function distance(before: Numbers, after: Numbers): number | null {
  const baseline = numericProfile('x', decileCuts(before), before);
  return wasserstein(baseline, windowProfile(baseline, after) as NumericProfile);
}

const shares = Array.from({ length: 10_000 }, (_, i) => (i + 0.5) / 10_000);
const normal = shares.map(normalQuantile);
const exponential = shares.map((share) => -Math.log1p(-share));
const hundred = Array.from({ length: 100 }, (_, i) => ((i * 37) % 100) ** 2 / 100);
const line = (rows: number) => Array.from({ length: rows }, (_, i) => i * 1.5 - 20);
const times = (numbers: readonly number[], factor: number) => numbers.map((value) => value * factor);
const plus = (numbers: readonly number[], shift: number) => numbers.map((value) => value + shift);
const repeat = (rows: number, value: number) => new Array<number>(rows).fill(value);

describe('Wasserstein distance in deviations of the baseline', () => {
  // scipy 1.17.1: stats.wasserstein_distance(a, b) / np.std(a), with u = (np.arange(10000) + .5) / 10000,
  // normal = stats.norm.ppf(u), exponential = -np.log1p(-u)
  it.each([
    {
      name: 'normal, moved by 0.05',
      before: normal,
      after: plus(normal, 0.05),
      expected: 0.050003298057130524,
    },
    { name: 'normal, moved by 0.3', before: normal, after: plus(normal, 0.3), expected: 0.3000197883427831 },
    {
      name: 'normal, moved by -0.3',
      before: normal,
      after: plus(normal, -0.3),
      expected: 0.3000197883427831,
    },
    { name: 'normal, moved by 5', before: normal, after: plus(normal, 5), expected: 5.000329805713051 },
    { name: 'normal, half as wide', before: normal, after: times(normal, 0.5), expected: 0.3989607994611674 },
    { name: 'normal, twice as wide', before: normal, after: times(normal, 2), expected: 0.7979215989223348 },
    {
      name: 'exponential, 1.1 times',
      before: exponential,
      after: times(exponential, 1.1),
      expected: 0.10003257823820479,
    },
    {
      name: 'exponential, half',
      before: exponential,
      after: times(exponential, 0.5),
      expected: 0.5001628911910236,
    },
    { name: 'normal to exponential', before: normal, after: exponential, expected: 1.0000313019142375 },
    { name: '100 points to 100', before: hundred, after: line(100), expected: 0.828497877929153 },
    { name: '100 points to 50', before: hundred, after: line(50), expected: 0.5446455928760188 },
  ])('of $name is scipy’s, to 1 % or 0.001', ({ before, after, expected }) => {
    const off = Math.abs((distance(before, after) as number) - expected);
    expect(off).toBeLessThan(Math.max(0.01 * expected, 0.001));
  });

  it('is scipy’s exactly where a window has only values that are points, and where it has one beyond', () => {
    const before = [...repeat(600, 0), ...repeat(400, 1)];
    // stats.wasserstein_distance([0] * 600 + [1] * 400, [0] * 300 + [1] * 700) / np.std(...)
    expect(distance(before, [...repeat(300, 0), ...repeat(700, 1)])).toBeCloseTo(0.6123724356957945, 12);
    // ... [0] * 500 + [1] * 400 + [2] * 100
    const beyond = [...repeat(500, 0), ...repeat(400, 1), ...repeat(100, 2)];
    expect(distance(before, beyond)).toBeCloseTo(0.40824829046386285, 12);
    expect(distance(times(before, -1), times(beyond, -1))).toBeCloseTo(0.40824829046386285, 12);
  });

  const numbers = fc.array(
    fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3 }), fc.constant(null)),
    { minLength: 1, maxLength: 300 },
  );

  it('from a column to itself is exactly 0, whatever its values', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        expect(distance(values, values) ?? 0).toBe(0);
      }),
    );
  });

  it('to any other window is a finite number of at least 0, or unknown', () => {
    fc.assert(
      fc.property(numbers, numbers, (before, after) => {
        const found = distance(before, after);
        expect(found === null || (Number.isFinite(found) && found >= 0)).toBe(true);
      }),
    );
  });

  it('of a move up and of the same move down differ by less than 1 %', () => {
    for (const shift of [0.1, 0.5, 3]) {
      const [up, down] = [shift, -shift].map((by) => distance(normal, plus(normal, by)) as number);
      expect(Math.abs((up as number) / (down as number) - 1)).toBeLessThan(0.01);
    }
  });

  it('leaves out null, NaN and infinities', () => {
    const odd = [null, Number.NaN, Infinity, -Infinity, 1e200];
    expect(distance([...hundred, ...odd], [...line(50), ...odd])).toBe(distance(hundred, line(50)));
  });

  it('of a side without a number, or of a constant baseline, is unknown', () => {
    expect(distance(hundred, [null])).toBeNull();
    expect(distance([], hundred)).toBeNull();
    expect(distance([7, 7], [8, 9])).toBeNull();
  });

  it('of a baseline so nearly constant that a distance in its deviations overflows is unknown', () => {
    expect(distance([1e-160, 0], [1e149])).toBeNull();
  });

  it('of numbers so large that their sum overflows is a number', () => {
    expect(distance([-9e149, 9e149], [9e149])).toBeCloseTo(1, 12);
  });
});
