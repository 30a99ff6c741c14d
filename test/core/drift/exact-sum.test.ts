import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addExactly, exactSum, mergeSums } from '#core/drift/exact-sum.ts';

function sumOf(values: readonly number[]) {
  const partials: number[] = [];
  for (const value of values) addExactly(partials, value);
  return exactSum(partials);
}

describe('an exact sum', () => {
  // Python: math.fsum([...])
  it.each([
    [[1e16, 1, -1e16], 1],
    [[1e100, 1, -1e100, 1e-300], 1],
    [Array(10).fill(0.1), 1],
    [[1, 2 ** -53, 2 ** -106], 1.0000000000000002],
    [[1, 2 ** -53], 1],
    [[1 + 2 ** -52, 2 ** -53, -(2 ** -1074)], 1.0000000000000002],
    [[1e298, 1, 1e-20], 1e298],
  ])('of %j begins with %d, as Python’s math.fsum', (values, sum) => {
    expect(sumOf(values)[0]).toBe(sum);
  });

  it('of nothing, or of numbers that cancel, is empty', () => {
    expect([sumOf([]), sumOf([0, -0]), sumOf([3, 1e-9, -3, -1e-9])]).toEqual([[], [], []]);
  });

  // Below 1e300: up to 200 of them do not overflow.
  const values = fc.array(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), { maxLength: 200 });

  it('loses no bit', () => {
    fc.assert(
      fc.property(values, (numbers) => {
        expect(units(sumOf(numbers))).toBe(units(numbers));
      }),
    );
  });

  it('is the same list in any order and from any parts', () => {
    fc.assert(
      fc.property(values, fc.nat(), (numbers, cut) => {
        const whole = sumOf(numbers);
        expect(sumOf(numbers.toReversed())).toEqual(whole);
        const [a, b] = [numbers.slice(0, cut % 201), numbers.slice(cut % 201)];
        expect(mergeSums(sumOf(b), sumOf(a))).toEqual(whole);
      }),
    );
  });
});

/** The sum in units of 2^-1074, which every double is a whole number of. */
function units(values: readonly number[]): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  return values.reduce((sum, value) => {
    bits.setFloat64(0, Math.abs(value));
    const exponent = bits.getBigUint64(0) >> 52n;
    const fraction = bits.getBigUint64(0) & (2n ** 52n - 1n);
    const size = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n);
    return sum + (value < 0 ? -size : size);
  }, 0n);
}
