import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kolmogorovSmirnov } from '#core/drift/kolmogorov-smirnov.ts';

/** Two samples whose distance is `farthest` pairs of `n` times `m`. */
function apart(n: number, m: number, below: number, belowAfter: number) {
  return kolmogorovSmirnov([below, n - below], [belowAfter, m - belowAfter]);
}

describe('Kolmogorov and Smirnov’s test', () => {
  // scipy 1.17.1: stats._stats_py._attempt_exact_2kssamp(n, m, gcd(n, m), D, 'two-sided'), as ks_2samp calls it
  it.each([
    [100, 110, 62, 45, 232 / 1100, 0.015739183865606153],
    [3, 5, 3, 2, 0.6, 0.4642857142857143],
    [10, 20, 6, 4, 0.4, 0.2213910693670814],
    [50, 200, 25, 40, 0.3, 0.0012187943274704954],
    [900, 1000, 300, 200, 0.4 / 3, 8.36893306106899e-8],
    [7, 7, 7, 0, 1, 0.0005827505827505828],
  ])('of %i against %i points, exactly as scipy', (n, m, below, belowAfter, statistic, pValue) => {
    const got = apart(n, m, below, belowAfter);
    expect(got?.statistic).toBeCloseTo(statistic, 12);
    expect((got?.pValue as number) / pValue).toBeCloseTo(1, 10);
  });

  // scipy 1.17.1: special.kolmogorov(x), x = D sqrt(n m / (n + m)); of 20,000 rows each x = D * 100
  it.each([
    [0.05, 1],
    [0.3, 0.9999906941986655],
    [0.7, 0.7112351950296893],
    [1, 0.26999967167735456],
    [1.3, 0.06809222184476636],
    [2, 0.0006709252557796953],
    [4, 2.532833109818835e-14],
  ])('of many points, at %d standardised, as the limiting law in scipy', (x, pValue) => {
    expect((apart(20_000, 20_000, 10_000 + 200 * x, 10_000)?.pValue as number) / pValue).toBeCloseTo(1, 10);
  });

  it('has the largest distance at any cut, whichever side is ahead', () => {
    expect(kolmogorovSmirnov([5, 0, 5], [0, 10, 0])?.statistic).toBe(0.5);
    expect(kolmogorovSmirnov([0, 10, 0], [5, 0, 5])?.statistic).toBe(0.5);
  });

  it('of a side without a row is unknown', () => {
    expect([kolmogorovSmirnov([0, 0], [1, 2]), kolmogorovSmirnov([1, 2], [0, 0])]).toEqual([null, null]);
  });

  it('of any counts is a chance, and 1 where nothing differs', () => {
    const counts = fc.array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(counts, (bins) => {
        const [before, after] = [bins.map(([count]) => count), bins.map(([, count]) => count)];
        const found = kolmogorovSmirnov([...before, 1], [...after, 1]);
        expect(found?.pValue).toBeGreaterThanOrEqual(0);
        expect(found?.pValue).toBeLessThanOrEqual(1 + 1e-12);
        expect(kolmogorovSmirnov([...before, 1], [...before, 1])).toEqual({ statistic: 0, pValue: 1 });
      }),
    );
  });
});
