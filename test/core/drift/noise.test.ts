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

  it('of a single bin is 0', () => {
    const noise = psiNoise([500, 0], [100, 0]);
    expect([noiseBound(noise, 0.95), noisePValue(noise, 0)]).toEqual([0, 1]);
  });
});

describe('of windows without drift', () => {
  const levels = Array.from({ length: 50 }, (_, index) => `level ${index}`);
  /** Level k has a weight of 1 / k: a few frequent ones and a long tail. */
  const thresholds = levels.slice(1).map((_, index) => harmonic(index + 1) / harmonic(levels.length));
  const drawLevel = (random: Random) => levels[binNumber(thresholds, random.uniform())] as string;
  const training = seededRandom('baseline');
  const baselineNumbers = Array.from({ length: 20_000 }, () => training.normal());
  const cuts = decileCuts(baselineNumbers);
  const numberBaseline = numericProfile('number', cuts, baselineNumbers);
  const levelBaseline = categoricalProfile(
    'levels',
    levels,
    Array.from({ length: 20_000 }, () => drawLevel(training)),
  );

  it.each([
    [200, 2000],
    [1000, 2000],
    [10_000, 200],
  ])('of %i rows at most 6 in 100 are called drifted', (rows, windows) => {
    const random = seededRandom(`${rows} without drift`);
    const flagged = { numbers: 0, levels: 0, overBound: 0 };
    for (let window = 0; window < windows; window++) {
      const numbers = numericProfile(
        'number',
        cuts,
        Array.from({ length: rows }, () => random.normal()),
      );
      const drawn = categoricalProfile(
        'levels',
        levels,
        Array.from({ length: rows }, () => drawLevel(random)),
      );
      const [one, two] = [columnDrift(numberBaseline, numbers), columnDrift(levelBaseline, drawn)];
      if (one.drifted) flagged.numbers++;
      if (two.drifted) flagged.levels++;
      if ((two.psi as number) > (two.bound as number)) flagged.overBound++;
    }
    expect(flagged.numbers).toBe(0);
    expect(flagged.levels / windows).toBeLessThan(rows < 1000 ? 0.06 : 0.001);
    expect(flagged.overBound / windows).toBeLessThan(0.06);
  });

  it.each([200, 1000])('of %i rows a shift of one deviation is always found', (rows) => {
    const random = seededRandom(`${rows} shifted`);
    for (let window = 0; window < 200; window++) {
      const shifted = numericProfile(
        'number',
        cuts,
        Array.from({ length: rows }, () => random.normal() + 1),
      );
      expect(columnDrift(numberBaseline, shifted).verdict).toBe('drifted');
    }
  });

  it('of 200 rows reversed frequencies of 50 levels are always found', () => {
    const random = seededRandom('reversed');
    const reversed = new Map(
      levels.map((level, index) => [level, levels[levels.length - 1 - index] as string]),
    );
    for (let window = 0; window < 200; window++) {
      const drawn = Array.from({ length: 200 }, () => reversed.get(drawLevel(random)) as string);
      expect(columnDrift(levelBaseline, categoricalProfile('levels', levels, drawn)).verdict).toBe('drifted');
    }
  });
});

function harmonic(count: number): number {
  return Array.from({ length: count }, (_, index) => 1 / (index + 1)).reduce((sum, term) => sum + term, 0);
}
