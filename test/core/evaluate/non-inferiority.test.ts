import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { type NonInferiorityInput, nonInferiority } from '#core/evaluate/non-inferiority.ts';
import { normalQuantile } from '#core/evaluate/normal.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';
import { type BinaryCase, expectClose, oracle } from '#test/core/fixtures/statistics/statistics.ts';

const sample = oracle.cases.continuous as BinaryCase;
const compared = (changes: Partial<NonInferiorityInput>) =>
  nonInferiority({
    metric: 'logLoss',
    margin: 0.01,
    confidence: 0.95,
    labels: sample.labels,
    champion: sample.probabilities,
    challenger: sample.other,
    ...changes,
  });

describe('non-inferiority', () => {
  it('of Brier scores is the paired mean and its one-sided bound', () => {
    const differences = sample.labels.map(
      (label, row) =>
        (label - (sample.other[row] as number)) ** 2 - (label - (sample.probabilities[row] as number)) ** 2,
    );
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const variance =
      differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (differences.length - 1);
    const { difference, bound, champion, challenger } = compared({ metric: 'brier' });
    expectClose(difference, mean);
    expectClose(bound, mean + 1.6448536269514722 * Math.sqrt(variance / differences.length));
    expectClose((challenger as number) - (champion as number), mean);
  });

  it('of AUC is the paired bound of DeLong, positive when the challenger ranks worse', () => {
    const { difference, bound } = compared({ metric: 'auc' });
    expectClose(difference, sample.auc - sample.otherAuc);
    expectClose(
      bound,
      sample.auc - sample.otherAuc + 1.6448536269514722 * Math.sqrt(sample.differenceVariance),
    );
  });

  it.each(['logLoss', 'brier', 'auc'] as const)(
    'by %s holds for a better challenger, not for a worse one',
    (metric) => {
      const flat = sample.labels.map(() => 0.5);
      expect(compared({ metric, champion: flat, challenger: sample.probabilities })).toMatchObject({
        holds: true,
      });
      expect(compared({ metric, champion: sample.probabilities, challenger: flat })).toMatchObject({
        holds: false,
      });
    },
  );

  it.each(['logLoss', 'brier', 'auc'] as const)(
    'by %s of a model with itself holds, even at margin 0',
    (metric) => {
      expect(compared({ metric, margin: 0, challenger: sample.probabilities })).toMatchObject({
        difference: 0,
        bound: 0,
        holds: true,
      });
    },
  );

  it('holds at a margin equal to the bound, not just below it', () => {
    const bound = compared({}).bound as number;
    expect(compared({ margin: bound }).holds).toBe(true);
    expect(compared({ margin: bound * (1 - 1e-9) }).holds).toBe(false);
  });

  it('of one row never holds', () => {
    expect(compared({ labels: [1], champion: [0.2], challenger: [0.9], margin: 100 })).toMatchObject({
      bound: null,
      holds: false,
    });
  });

  it('by AUC of one class never holds', () => {
    const one = { labels: [1, 1], champion: [0.2, 0.4], challenger: [0.2, 0.4] };
    expect(compared({ metric: 'auc', ...one, margin: 1 })).toMatchObject({
      champion: null,
      bound: null,
      holds: false,
    });
  });

  it('by AUC of one positive never holds', () => {
    const lone = { labels: [1, 0, 0], champion: [0.5, 0.4, 0.6], challenger: [0.9, 0.4, 0.6] };
    expect(compared({ metric: 'auc', ...lone, margin: 1 })).toMatchObject({
      difference: -0.5,
      bound: null,
      holds: false,
    });
  });

  it.each([
    ['margin', { margin: -0.1 }, 'margin: expected a number of at least 0, got -0.1'],
    ['margin', { margin: Number.NaN }, 'margin: expected a number of at least 0, got NaN'],
    ['margin', { margin: Infinity }, 'margin: expected a number of at least 0, got Infinity'],
    ['confidence', { confidence: 0.4 }, 'confidence: expected a number in [0.5, 1), got 0.4'],
    ['confidence', { confidence: 1 }, 'confidence: expected a number in [0.5, 1), got 1'],
    ['champion', { champion: [0.5] }, 'champion: expected 250 values, as many as labels, got 1 values'],
    ['challenger', { challenger: [] }, 'challenger: expected 250 values, as many as labels, got 0 values'],
  ])('refuses a wrong %s: %o', (_, changes, message) => {
    expect(() => compared(changes)).toThrow(InvalidInputError);
    expect(() => compared(changes)).toThrow(message);
  });
});

describe('a challenger that is worse by exactly the margin passes at most about 5 in 100 times', () => {
  const REPEATS = 2000;
  const passShare = (seed: string, draw: (random: Random) => NonInferiorityInput) => {
    const random = seededRandom(seed);
    let passed = 0;
    for (let repeat = 0; repeat < REPEATS; repeat++) if (nonInferiority(draw(random)).holds) passed++;
    return passed / REPEATS;
  };

  /** True chances with a champion that knows them and a challenger that errs; its mean excess loss is exact. */
  const kinds = Array.from({ length: 40 }, (_, kind) => {
    const truth = 0.1 + (0.8 * kind) / 39;
    return { truth, guess: 0.5 + 0.7 * (truth - 0.5) + (kind % 2 ? 0.08 : -0.08) };
  });
  const meanOver = (excess: (truth: number, guess: number) => number) =>
    kinds.reduce((sum, { truth, guess }) => sum + excess(truth, guess), 0) / kinds.length;
  const margins = {
    logLoss: meanOver((p, q) => p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q))),
    brier: meanOver((p, q) => (p - q) ** 2),
  };

  it.each(['logLoss', 'brier'] as const)('%s', (metric) => {
    const share = passShare(metric, (random) => {
      const drawn = Array.from(
        { length: 400 },
        () => kinds[random.integer(0, kinds.length - 1)] as (typeof kinds)[number],
      );
      return {
        metric,
        margin: margins[metric],
        confidence: 0.95,
        labels: drawn.map(({ truth }) => Number(random.uniform() < truth)),
        champion: drawn.map(({ truth }) => truth),
        challenger: drawn.map(({ guess }) => guess),
      };
    });
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThanOrEqual(0.055);
  });

  it('auc', () => {
    const [better, worse] = [0.8, 0.75].map((area) => Math.SQRT2 * normalQuantile(area)) as [number, number];
    const squash = (score: number) => 1 / (1 + Math.exp(-score));
    const share = passShare('auc', (random) => {
      const labels = Array.from({ length: 1000 }, (_, row) => row % 2);
      const shared = labels.map(() => random.normal());
      const score = (shift: number) =>
        labels.map((label, row) =>
          squash(shift * label + 0.8 * (shared[row] as number) + 0.6 * random.normal()),
        );
      return {
        metric: 'auc',
        margin: 0.05,
        confidence: 0.95,
        labels,
        champion: score(better),
        challenger: score(worse),
      };
    });
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThanOrEqual(0.055);
  });
});
