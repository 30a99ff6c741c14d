import { describe, expect, it } from 'vitest';
import { columnDrift } from '#core/drift/column-drift.ts';
import { noiseBound, noisePValue, psiNoise } from '#core/drift/noise.ts';
import { binNumber, categoricalProfile, decileCuts, numericProfile } from '#core/drift/profile.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';
import { expectClose } from '#test/core/fixtures/statistics/statistics.ts';

describe('noise of PSI', () => {
  it('with many rows in each bin is (1/n + 1/m) chi-square of k - 1 degrees (Yurdakul and Naranjo)', () => {
    const { scale, degrees } = psiNoise(Array(10).fill(1000), Array(10).fill(50));
    expect(degrees).toBe(9);
    expectClose(scale, 1 / 500 + 1 / 10_000);
    expectClose(noiseBound({ scale, degrees }, 0.95), (1 / 500 + 1 / 10_000) * 16.918977604620448);
    expectClose(noisePValue({ scale, degrees }, (1 / 500 + 1 / 10_000) * 16.918977604620448), 0.05);
  });

  it('leaves out bins that no row is in', () => {
    expect(psiNoise([500, 500, 0], [100, 100, 0])).toEqual(psiNoise([500, 500], [100, 100]));
  });

  it('of a bin that almost no row is in still lets a large PSI stand out', () => {
    expect(noisePValue(psiNoise([999_999, 1], [200, 0]), 0.2)).toBeLessThan(1e-6);
  });

  it('of a single bin is 0', () => {
    const noise = psiNoise([500, 0], [100, 0]);
    expect([noiseBound(noise, 0.95), noisePValue(noise, 0)]).toEqual([0, 1]);
  });
});

describe('windows simulated with a seed', () => {
  const levels = Array.from({ length: 50 }, (_, index) => `level ${index}`);
  /** Level k has a weight of 1 / k: a few frequent ones and a long tail. */
  const thresholds = levels.slice(1).map((_, index) => harmonic(index + 1) / harmonic(levels.length));
  const drawLevel = (random: Random) => levels[binNumber(thresholds, random.uniform())] as string;
  const draw = <Value>(rows: number, next: () => Value) => Array.from({ length: rows }, next);
  /** A baseline of 10,000 rows and what windows over its bins are. */
  const baselineOf = (random: Random) => {
    const numbers = draw(10_000, random.normal);
    const cuts = decileCuts(numbers);
    const profileNumbers = (values: number[]) => numericProfile('number', cuts, values);
    const profileLevels = (values: string[]) => categoricalProfile('level', levels, values);
    return {
      profileNumbers,
      profileLevels,
      numbers: profileNumbers(numbers),
      levels: profileLevels(draw(10_000, () => drawLevel(random))),
    };
  };

  it.each([
    [200, 20, 100],
    [1000, 20, 100],
    [10_000, 100, 2],
  ])('%i rows, %i baselines with %i windows each: 5 in 100 exceed the bound', (rows, baselines, windows) => {
    const random = seededRandom(`${rows} without drift`);
    const drifted = { numbers: 0, levels: 0 };
    const overBound = { numbers: 0, levels: 0 };
    for (let round = 0; round < baselines; round++) {
      const baseline = baselineOf(random);
      for (let window = 0; window < windows; window++) {
        const numbers = columnDrift(baseline.numbers, baseline.profileNumbers(draw(rows, random.normal)));
        const drawn = draw(rows, () => drawLevel(random));
        const found = { numbers, levels: columnDrift(baseline.levels, baseline.profileLevels(drawn)) };
        for (const kind of ['numbers', 'levels'] as const) {
          if (found[kind].drifted) drifted[kind]++;
          if ((found[kind].psi as number) > (found[kind].bound as number)) overBound[kind]++;
        }
      }
    }
    const judged = baselines * windows;
    const threeErrors = 3 * Math.sqrt((0.05 * 0.95) / judged);
    for (const count of Object.values(overBound)) expect(count / judged).toBeLessThan(0.05 + threeErrors);
    expect(drifted.numbers).toBe(0);
    // Only the smallest windows have noise that reaches the threshold: there the bound alone decides.
    expect(drifted.levels).toBe(rows === 200 ? overBound.levels : 0);
  });

  it.each([200, 1000])('%i rows: a shift of one deviation is always found', (rows) => {
    const random = seededRandom(`${rows} shifted`);
    const baseline = baselineOf(random);
    for (let window = 0; window < 200; window++) {
      const shifted = baseline.profileNumbers(draw(rows, () => random.normal() + 1));
      expect(columnDrift(baseline.numbers, shifted).verdict).toBe('drifted');
    }
  });

  it('200 rows: reversed frequencies of 50 levels are always found', () => {
    const random = seededRandom('reversed');
    const baseline = baselineOf(random);
    const reversed = new Map(
      levels.map((level, index) => [level, levels[levels.length - 1 - index] as string]),
    );
    for (let window = 0; window < 200; window++) {
      const drawn = draw(200, () => reversed.get(drawLevel(random)) as string);
      expect(columnDrift(baseline.levels, baseline.profileLevels(drawn)).verdict).toBe('drifted');
    }
  });
});

function harmonic(count: number): number {
  return Array.from({ length: count }, (_, index) => 1 / (index + 1)).reduce((sum, term) => sum + term, 0);
}
