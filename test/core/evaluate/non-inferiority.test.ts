import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { type NonInferiorityInput, nonInferiority, superiority } from '#core/evaluate/non-inferiority.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { drawLosses, drawRankings, passShare, TRUE_EXCESS } from '#test/core/evaluate/simulated-pairs.ts';
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
  const PAIRS = 2000;
  const ROWS = 2000;

  it.each(['logLoss', 'brier'] as const)('%s', (metric) => {
    const share = passShare(metric, PAIRS, { metric, margin: TRUE_EXCESS[metric] }, (random) =>
      drawLosses(random, ROWS),
    );
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThanOrEqual(0.055);
  });

  it('auc', () => {
    const share = passShare('auc', PAIRS, { metric: 'auc', margin: 0.01 }, (random) =>
      drawRankings(random, { rows: ROWS, areas: [0.71, 0.7] }),
    );
    expect(share).toBeGreaterThan(0.03);
    expect(share).toBeLessThanOrEqual(0.055);
  });
});

describe('an AUC loss of 0.02 at 10,000 rows', () => {
  const PAIRS = 100;
  const share = (challenger: number, margin: number) =>
    passShare('power', PAIRS, { metric: 'auc', margin }, (random) =>
      drawRankings(random, { rows: 10_000, areas: [0.71, challenger] }),
    );

  it('is refused in at least 90 of 100 samples, at a margin where an equal challenger passes in as many', () => {
    expect(1 - share(0.69, 0.01)).toBeGreaterThanOrEqual(0.9);
    expect(share(0.71, 0.01)).toBeGreaterThanOrEqual(0.9);
  });

  it('is found in at least 90 of 100 samples: the champion is certainly better', () => {
    const random = seededRandom('found');
    let found = 0;
    for (let pair = 0; pair < PAIRS; pair++) {
      const { labels, champion, challenger } = drawRankings(random, { rows: 10_000, areas: [0.71, 0.69] });
      const swapped = { labels, champion: challenger, challenger: champion };
      if (superiority({ metric: 'auc', confidence: 0.95, ...swapped }).holds) found++;
    }
    expect(found / PAIRS).toBeGreaterThanOrEqual(0.9);
  });
});

describe('superiority', () => {
  const better = (challenger: readonly number[], champion: readonly number[]) =>
    superiority({ metric: 'logLoss', confidence: 0.95, labels: sample.labels, champion, challenger });
  const baseRate = sample.labels.map(() => 0.4);

  it('holds for a model against the base rate, not the other way round', () => {
    expect(better(sample.probabilities, baseRate)).toMatchObject({ holds: true, margin: 0 });
    expect(better(baseRate, sample.probabilities).holds).toBe(false);
  });

  it('never holds for a model against itself', () => {
    expect(better(baseRate, baseRate)).toMatchObject({ bound: 0, holds: false });
  });

  it('by AUC holds for a model that ranks against one that does not', () => {
    const input = { metric: 'auc', confidence: 0.95, labels: sample.labels } as const;
    expect(superiority({ ...input, champion: baseRate, challenger: sample.probabilities }).holds).toBe(true);
  });

  it('of one row never holds', () => {
    const input = { metric: 'logLoss', confidence: 0.95, labels: [1] } as const;
    expect(superiority({ ...input, champion: [0.1], challenger: [0.9] }).holds).toBe(false);
  });

  it('is found by chance in at most about 5 in 100 samples of two equal models', () => {
    const random = seededRandom('equal');
    const PAIRS = 1000;
    let found = 0;
    for (let pair = 0; pair < PAIRS; pair++) {
      const labels = Array.from({ length: 400 }, () => random.normal());
      const guess = () => labels.map(() => 0.5 * random.normal());
      const input = { task: 'regression', metric: 'mae', confidence: 0.95, labels } as const;
      if (superiority({ ...input, champion: guess(), challenger: guess() }).holds) found++;
    }
    expect(found / PAIRS).toBeGreaterThan(0.03);
    expect(found / PAIRS).toBeLessThan(0.07);
  });
});

describe('non-inferiority of other tasks', () => {
  const labels = [1, 4, 2, 8];
  const regression = {
    task: 'regression',
    margin: 0,
    confidence: 0.95,
    labels,
    champion: [2, 3, 4, 5],
    challenger: [1, 4, 3, 7],
  } as const;

  it('of a regression compares the mean of the loss that is named', () => {
    expect(nonInferiority({ ...regression, metric: 'mae' })).toMatchObject({
      metric: 'mae',
      rows: 4,
      champion: 7 / 4,
      challenger: 2 / 4,
      difference: -5 / 4,
    });
    expect(nonInferiority({ ...regression, metric: 'mse' })).toMatchObject({
      champion: 15 / 4,
      challenger: 2 / 4,
    });
    // Too much costs 0.1, missing 0.9.
    expectClose(nonInferiority({ ...regression, metric: 'pinball', quantile: 0.9 }).challenger, 1 / 4);
  });

  it('by a deviance that the rows do not define never holds', () => {
    const undefinedFor = (changes: Partial<NonInferiorityInput>) =>
      nonInferiority({ ...regression, metric: 'poissonDeviance', margin: 100, ...changes });
    const nothing = { champion: null, challenger: null, difference: null, bound: null, holds: false };
    expect(undefinedFor({}).holds).toBe(true);
    expect(undefinedFor({ challenger: [1, 4, 0, 7] })).toMatchObject(nothing);
    expect(undefinedFor({ champion: [2, 3, 0, 5] })).toMatchObject(nothing);
    expect(undefinedFor({ labels: [1, -4, 2, 8] })).toMatchObject(nothing);
  });

  it('of a multiclass model compares the loss over its classes', () => {
    const input = {
      task: 'multiclass',
      classes: ['a', 'b', 'c'],
      margin: 0,
      confidence: 0.95,
      labels: [0, 2],
      champion: [0.5, 0.25, 0.25, 0.25, 0.5, 0.25],
      challenger: [0.5, 0.5, 0, 0, 0.5, 0.5],
    } as const;
    expectClose(nonInferiority({ ...input, metric: 'logLoss' }).difference, -Math.log(2) / 2);
    expect(nonInferiority({ ...input, metric: 'brier' })).toMatchObject({ champion: 0.625, challenger: 0.5 });
    // The first of equally likely classes is the answer.
    expect(nonInferiority({ ...input, metric: 'error' })).toMatchObject({ champion: 0.5, challenger: 0.5 });
  });

  it('of a binary model by error counts wrong answers at 0.5', () => {
    const input = { metric: 'error', margin: 0, confidence: 0.95, labels: [0, 1, 1, 0] } as const;
    expect(
      nonInferiority({ ...input, champion: [0.5, 0.5, 0.4, 0.4], challenger: [0.1, 0.9, 0.6, 0.9] }),
    ).toMatchObject({ champion: 0.5, challenger: 0.25 });
  });

  it.each<[string, Partial<NonInferiorityInput>, string]>([
    ['AUC of a regression', { metric: 'auc' }, 'metric: expected a loss for a regression model, got auc'],
    [
      'log loss of a regression',
      { metric: 'logLoss' },
      'metric: expected one of mse, mae, pinball, poissonDeviance, tweedieDeviance for a regression model, got "logLoss"',
    ],
    [
      'pinball loss without its quantile',
      { metric: 'pinball' },
      'quantile: expected a number within (0, 1), got undefined',
    ],
    ['a label NaN', { labels: [1, 4, 2, Number.NaN] }, 'labels[3]: expected a finite number, got NaN'],
    [
      'a prediction NaN',
      { challenger: [1, 4, 2, Number.NaN] },
      'challenger[3]: expected a finite number, got NaN',
    ],
    [
      'a class that is none',
      { task: 'multiclass', classes: ['a', 'b'], labels: [2], metric: 'logLoss', champion: [1, 0] },
      'labels[0]: expected a class index from 0 to 1, got 2',
    ],
    [
      'classes without names',
      { task: 'multiclass', metric: 'logLoss' },
      'classes: expected the names of at least 2 classes, got undefined',
    ],
  ])('refuses %s', (_, changes, message) => {
    const judge = () => nonInferiority({ ...regression, metric: 'mse', ...changes });
    expect(judge).toThrow(InvalidInputError);
    expect(judge).toThrow(message);
  });
});
