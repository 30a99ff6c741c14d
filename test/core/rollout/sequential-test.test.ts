import { describe, expect, it } from 'vitest';
import { seededRandom } from '#core/random/seeded-random.ts';
import { binomialCdf, logBinomial } from '#core/rollout/binomial.ts';
import {
  HALF_LEVEL,
  LEVEL,
  meanBoundary,
  sharePValue,
  upperQuantile,
  upperShare,
} from '#core/rollout/sequential-test.ts';

const relative = (got: number, expected: number) => Math.abs(got / expected - 1);

describe('binomial distribution', () => {
  it.each([
    [3, 10, 0.2, 0.8791261183999999, -1.6028268537197223],
    [0, 50, 0.01, 0.6050060671375366, -0.5025167926750721],
    [50, 1000, 0.05, 0.5375290408014273, -2.850974419136101],
    [9, 1000, 0.05, 5.242679137739215e-13, -28.46137760349559],
    [5000, 100_000, 0.05, 0.5037624048046629, -5.151905192394224],
    [40, 41, 0.9, 0.9866972053527089, -2.803433652602796],
  ])('P(X <= %i) of %i trials at %d is that of scipy', (hits, trials, share, cdf, log) => {
    expect(relative(binomialCdf(hits, trials, share), cdf)).toBeLessThan(1e-9);
    expect(relative(logBinomial(hits, trials, share), log)).toBeLessThan(1e-9);
  });

  it('is certain at the ends', () => {
    expect(binomialCdf(4, 4, 0.3)).toBe(1);
    expect(binomialCdf(0, 4, 0)).toBe(1);
    expect(binomialCdf(3, 4, 1)).toBe(0);
    expect(logBinomial(1, 4, 0)).toBe(-Infinity);
    expect(Math.exp(logBinomial(4, 4, 1))).toBe(1);
  });
});

describe('a share that is looked at again and again', () => {
  it.each([
    [5, 5, 0.1, 5.400005400005408e-5],
    [12, 40, 0.02, 5.222365714357696e-10],
    [90, 1000, 0.05, 4.4494718126547016e-5],
  ])(
    '%i of %i against %d: 1 over the mean likelihood ratio above it (scipy quad)',
    (hits, trials, share, p) => {
      expect(relative(sharePValue(hits, trials, share), p)).toBeLessThan(1e-9);
    },
  );

  it('is not above what it is at most, however many trials say so', () => {
    expect(sharePValue(0, 50_000, 0.05)).toBe(1);
    expect(sharePValue(2500, 50_000, 0.05)).toBe(1);
    expect(sharePValue(3000, 50_000, 0.05)).toBeLessThan(1e-15);
  });

  it('is never above 1, and one hit is above a share of none', () => {
    expect(sharePValue(10, 10, 1)).toBe(1);
    expect(sharePValue(0, 0, 0.2)).toBe(1);
    expect(sharePValue(0, 100, 0)).toBe(1);
    expect(sharePValue(1, 100, 0)).toBe(0);
  });

  it('crosses the level at some look in at most that share of streams', () => {
    const streams = 1500;
    const level = 0.05;
    const random = seededRandom('looks');
    let crossed = 0;
    let fixed = 0;
    for (let stream = 0; stream < streams; stream++) {
      let hits = 0;
      let isCrossed = false;
      let isFixed = false;
      for (let trial = 1; trial <= 300; trial++) {
        if (random.uniform() < 0.1) hits++;
        isCrossed ||= sharePValue(hits, trial, 0.1) <= level;
        if (trial % 10 === 0) isFixed ||= 1 - binomialCdf(hits - 1, trial, 0.1) <= level;
      }
      crossed += Number(isCrossed);
      fixed += Number(isFixed);
    }
    expect(crossed / streams).toBeLessThanOrEqual(level);
    // What an ordinary exact test does when it is repeated: the guard is needed.
    expect(fixed / streams).toBeGreaterThan(3 * level);
  });

  it('has an upper bound that closes in with more trials', () => {
    expect(upperShare(0, 0)).toBe(1);
    const bounds = [10, 100, 1000, 100_000].map((trials) => upperShare(0, trials));
    expect(bounds).toEqual(bounds.toSorted((a, b) => b - a));
    expect(bounds.at(-1)).toBeLessThan(0.0005);
    expect(sharePValue(1000, 1000, 1 - upperShare(0, 1000))).toBeCloseTo(HALF_LEVEL, 5);
  });

  it('has a quantile that is below the fewest observations of which too many would be', () => {
    expect([100, 192, 193].map((trials) => upperQuantile(trials, 0.95))).toEqual([undefined, undefined, 193]);
    for (const trials of [200, 1000, 20_000]) {
      const bound = upperQuantile(trials, 0.95) as number;
      expect(sharePValue(bound, trials, 0.95)).toBeLessThanOrEqual(HALF_LEVEL);
      expect(sharePValue(bound - 1, trials, 0.95)).toBeGreaterThan(HALF_LEVEL);
    }
    expect((upperQuantile(20_000, 0.95) as number) / 20_000).toBeLessThan(0.957);
  });
});

describe('a mean that is looked at again and again', () => {
  it('must be about four standard errors above, a little more for ever longer', () => {
    const at = [10, 100, 10_000].map((observations) => meanBoundary(observations, 100));
    expect(at.map((z) => Number(z.toFixed(2)))).toEqual([4.72, 4.03, 4.44]);
  });

  it('crosses in at most the level of the streams, where the plain 3.09 standard errors cross far more often', () => {
    const random = seededRandom('means');
    const streams = 10_000;
    const crossed = { boundary: 0, plain: 0 };
    for (let stream = 0; stream < streams; stream++) {
      let sum = 0;
      let [isAbove, isPlain] = [false, false];
      for (let observations = 100; observations <= 3000; observations += 50) {
        sum += random.normal() * Math.sqrt(observations === 100 ? 100 : 50);
        const z = sum / Math.sqrt(observations);
        isAbove ||= z > meanBoundary(observations, 100);
        isPlain ||= z > 3.0902;
      }
      crossed.boundary += Number(isAbove);
      crossed.plain += Number(isPlain);
    }
    expect(crossed.boundary / streams).toBeLessThanOrEqual(LEVEL);
    expect(crossed.plain / streams).toBeGreaterThan(5 * LEVEL);
  });
});
