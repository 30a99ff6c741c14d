import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deviation } from '#core/drift/deviation.ts';
import { seededRandom } from '#core/random/seeded-random.ts';

/** In two pieces. */
function of(values: readonly number[]): number {
  const [min, max] = [Math.min, Math.max].map((extreme) => values.reduce((a, b) => extreme(a, b)));
  const deviation = new Deviation(values.length, min as number, max as number);
  const all = Float64Array.from(values);
  const pieces = [all.subarray(0, 2), all.subarray(2)];
  for (const piece of pieces) deviation.addToMean(piece);
  for (const piece of pieces) deviation.addSquares(piece);
  return deviation.value();
}

/** In whole numbers of 2^-1074, without any rounding but of the last root: sqrt(n sum(x^2) - sum(x)^2) / n. */
function exactly(values: readonly number[]): number {
  const units = values.map(unitsOf);
  const [n, sum] = [BigInt(values.length), units.reduce((a, b) => a + b, 0n)];
  const spread = n * units.reduce((total, unit) => total + unit * unit, 0n) - sum * sum;
  // 64 bits more than the root of the units has, so that the last division rounds once.
  return ratio(rootOf(spread << 128n), (n << 64n) * 2n ** 1074n);
}

function unitsOf(value: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const exponent = bits.getBigUint64(0) >> 52n;
  const fraction = bits.getBigUint64(0) & (2n ** 52n - 1n);
  const size = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n);
  return value < 0 ? -size : size;
}

/** By Newton, from above. */
function rootOf(value: bigint): bigint {
  if (value === 0n) return 0n;
  let root = 1n << BigInt((value.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + value / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Of two whole numbers of any size, to 2^-60. */
function ratio(above: bigint, below: bigint): number {
  const shift = below.toString(2).length - above.toString(2).length + 62;
  const scaled = shift >= 0 ? (above << BigInt(shift)) / below : above / (below << BigInt(-shift));
  return shift > 1000 ? Number(scaled) * 2 ** -1000 * 2 ** (1000 - shift) : Number(scaled) * 2 ** -shift;
}

describe('the deviation of numbers', () => {
  // numpy.std([...]), population.
  it.each([
    [[1, 2, 4], 1.247219128924647],
    [[-3, 5], 4],
    [[1e9, 1e9 + 1, 1e9 + 2], 0.816496580927726],
    [[7], 0],
    [[0.1, 0.1, 0.1], 0],
  ])('of %j is %d', (values, expected) => {
    expect(of(values)).toBeCloseTo(expected, 14);
  });

  const number = fc.oneof(
    fc.double({ noNaN: true, min: -1e150, max: 1e150, minExcluded: true, maxExcluded: true }),
    fc.double({ noNaN: true, min: -1e3, max: 1e3 }),
    fc.integer({ min: -3, max: 3 }),
    fc.integer({ min: 0, max: 9 }).map((steps) => 1e6 + steps * 2 ** -32),
  );

  it('is right to a few roundings', () => {
    fc.assert(
      fc.property(fc.array(number, { minLength: 1, maxLength: 60 }), (values) => {
        const expected = exactly(values);
        fc.pre(expected === 0 || expected > 1e-300);
        expect(Math.abs(of(values) - expected)).toBeLessThanOrEqual(1e-14 * expected);
      }),
      { numRuns: 500 },
    );
  });

  const random = seededRandom('deviation');
  it.each([
    ['normal', () => random.normal()],
    ['far from 0', () => 1e12 + random.normal()],
    ['of many sizes', () => Math.exp(8 * random.normal())],
    ['one of them far away', () => (random.uniform() < 1e-4 ? 1e9 : random.uniform())],
    ['of few kinds', () => random.integer(0, 5)],
  ])('of many numbers, too, and has the same bits in any order: %s', (_, next) => {
    const values = Array.from({ length: 40_000 }, next);
    const deviation = of(values);
    expect(Math.abs(deviation / exactly(values) - 1)).toBeLessThan(1e-14);
    for (const seed of [1, 2, 3]) expect(of(shuffled(values, seed))).toBe(deviation);
  });
});

function shuffled(values: readonly number[], seed: number): number[] {
  const random = seededRandom(seed);
  const mixed = [...values];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = random.integer(0, last);
    [mixed[last], mixed[other]] = [mixed[other] as number, mixed[last] as number];
  }
  return mixed;
}
