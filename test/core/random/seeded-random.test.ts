import { describe, expect, it } from 'vitest';
import { seededRandom, xoshiro128 } from '#core/random/seeded-random.ts';

const take = (count: number, next: () => number) => Array.from({ length: count }, next);

describe('xoshiro128**', () => {
  it('from state 1 2 3 4 gives the words of its authors’ C code', () => {
    expect(take(10, xoshiro128([1, 2, 3, 4]))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });
});

describe('a seeded generator', () => {
  it('repeats itself for the same seed, be it a number or its text', () => {
    expect(take(20, seededRandom(7).uniform)).toEqual(take(20, seededRandom('7').uniform));
  });

  it('gives unrelated streams for neighbouring seeds', () => {
    const [one, two] = [seededRandom(1), seededRandom(2)].map((random) => take(10_000, random.normal)) as [
      number[],
      number[],
    ];
    const correlation =
      one.reduce((sum, value, index) => sum + value * (two[index] as number), 0) / one.length;
    expect(Math.abs(correlation)).toBeLessThan(0.04);
  });

  it('draws uniform numbers of mean 1/2 and variance 1/12 in [0, 1)', () => {
    const drawn = take(100_000, seededRandom('uniform').uniform);
    expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 3);
  });

  it('draws normal numbers: mean 0, deviation 1, 2.5 % above 1.96', () => {
    const drawn = take(100_000, seededRandom('normal').normal);
    expect(drawn.every(Number.isFinite)).toBe(true);
    const mean = drawn.reduce((sum, value) => sum + value, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + value ** 2, 0) / drawn.length;
    expect(Math.abs(mean)).toBeLessThan(0.015);
    expect(Math.abs(variance - 1)).toBeLessThan(0.02);
    expect(drawn.filter((value) => value > 1.96).length / drawn.length).toBeCloseTo(0.025, 2);
  });

  it('draws every whole number of a range equally often, both ends included', () => {
    const random = seededRandom('integer');
    const counts = new Map<number, number>();
    for (const value of take(60_000, () => random.integer(-2, 3)))
      counts.set(value, (counts.get(value) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => a - b)).toEqual([-2, -1, 0, 1, 2, 3]);
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(400);
  });
});
