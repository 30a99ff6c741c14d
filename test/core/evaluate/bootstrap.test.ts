import { describe, expect, it } from 'vitest';
import { bootstrap } from '#core/evaluate/bootstrap.ts';
import { meanEstimate } from '#core/evaluate/interval.ts';
import { quantileOf } from '#core/evaluate/quantile.ts';
import { seededRandom } from '#core/random/seeded-random.ts';

const OPTIONS = { confidence: 0.95, seed: 1 };
const random = seededRandom('values');
const values = Float64Array.from({ length: 400 }, () => random.normal());
const mean = (draws: Uint32Array) =>
  draws.reduce((sum, times, row) => sum + times * (values[row] as number), 0) / draws.length;

describe('a bootstrap interval', () => {
  it('of a mean is close to that of the central limit theorem', () => {
    const [estimate] = bootstrap(400, (draws) => [mean(draws)], OPTIONS);
    const expected = meanEstimate(values, 0.95, [-Infinity, Infinity]);
    expect(estimate?.value).toBeCloseTo(expected.value as number, 12);
    for (const end of ['low', 'high'] as const) {
      expect(Math.abs((estimate?.[end] as number) - (expected[end] as number))).toBeLessThan(0.01);
    }
  });

  it('is wider at a higher confidence', () => {
    const widths = [0.5, 0.9, 0.99].map((confidence) => {
      const [estimate] = bootstrap(400, (draws) => [mean(draws)], { confidence, seed: 1 });
      return (estimate?.high as number) - (estimate?.low as number);
    });
    expect(widths).toEqual(widths.toSorted((a, b) => a - b));
    expect(widths[2]).toBeGreaterThan(2 * (widths[0] as number));
  });

  it('draws as many rows as there are, each time anew', () => {
    const seen = new Set<string>();
    bootstrap(
      5,
      (draws) => {
        expect(draws.reduce((sum, times) => sum + times, 0)).toBe(5);
        seen.add(draws.join());
        return [0];
      },
      OPTIONS,
    );
    expect(seen.size).toBeGreaterThan(100);
  });

  it('leaves out resamples that do not define the statistic', () => {
    const firstTwice = (draws: Uint32Array) => [draws[0] === 0 ? null : (draws[0] as number)];
    expect(bootstrap(3, firstTwice, OPTIONS)[0]).toEqual({ value: 1, low: 1, high: 3 });
  });

  it('of a statistic that the rows themselves do not define is undefined', () => {
    const undefinedHere = { value: null, low: null, high: null };
    expect(bootstrap(3, () => [null], OPTIONS)).toEqual([undefinedHere]);
    const [defined] = bootstrap(3, (draws) => [draws.every((times) => times === 1) ? null : 1], OPTIONS);
    expect(defined).toEqual(undefinedHere);
  });

  it('is none where no resample defines the statistic', () => {
    const allOnce = (draws: Uint32Array) => [draws.every((times) => times === 1) ? 5 : null];
    expect(bootstrap(60, allOnce, OPTIONS)).toEqual([{ value: 5, low: null, high: null }]);
  });

  it('of one row is none', () => {
    expect(bootstrap(1, () => [4], OPTIONS)).toEqual([{ value: 4, low: null, high: null }]);
  });
});

describe('a quantile', () => {
  it('lies on the line between its neighbours', () => {
    expect([0, 0.25, 0.5, 0.9, 1].map((share) => quantileOf([1, 2, 4], share))).toEqual([1, 1.5, 2, 3.6, 4]);
    expect(quantileOf([7], 0.3)).toBe(7);
  });
});
