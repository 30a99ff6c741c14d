import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { evaluateBinary } from '#core/evaluate/evaluate-binary.ts';
import { evaluateMulticlass } from '#core/evaluate/evaluate-multiclass.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';
import { expectEqual, expectEstimate, oracle } from '#test/fixtures/evaluate/evaluate.ts';

const names = (count: number) => Array.from({ length: count }, (_, index) => `class ${index}`);

describe.each(Object.entries(oracle.multiclass))('evaluation of %s equals scikit-learn', (_, sample) => {
  const classes = names(sample.classes);
  const { metrics, confusion, perClass, calibration } = evaluateMulticlass(
    sample.labels,
    sample.probabilities,
    classes,
  );

  it('log loss and Brier score', () => {
    expectEstimate(metrics.logLoss, sample.logLoss);
    expectEqual(metrics.logLoss.value, sample.sklearnLogLoss);
    expectEstimate(metrics.brier, sample.brier);
    expectEqual(metrics.brier.value, sample.sklearnBrier);
  });
  it('accuracy, macro F1 and macro AUC', () => {
    expectEstimate(metrics.accuracy, sample.accuracy);
    expectEqual(metrics.macroF1.value, sample.macroF1);
    expectEqual(metrics.macroAuc.value, sample.macroAuc);
  });
  it('calibration error of the highest probability', () => {
    expectEqual(metrics.ece.value, sample.ece);
    expect(calibration.ece).toBe(metrics.ece.value);
  });
  it('confusion and what follows for each class', () => {
    expect(confusion).toEqual(sample.confusion);
    expect(perClass.map(({ name }) => name)).toEqual(classes);
    for (const [index, expected] of sample.perClass.entries()) {
      const one = perClass[index] as (typeof perClass)[number];
      expect(one.support).toBe(expected.support);
      expectEqual(one.precision.value, expected.precision);
      expectEqual(one.recall.value, expected.recall);
      expectEqual(one.f1.value, expected.f1);
      expectEqual(one.auc.value, expected.auc);
    }
  });
});

/** Labels drawn from the probabilities themselves. */
function drawRows(random: Random, rows: number, count: number) {
  const labels: number[] = [];
  const probabilities: number[] = [];
  for (let row = 0; row < rows; row++) {
    const odds = Array.from({ length: count }, () => Math.exp(random.normal()));
    const total = odds.reduce((sum, odd) => sum + odd, 0);
    let left = random.uniform() * total;
    labels.push(
      odds.findIndex((odd) => {
        left -= odd;
        return left < 0;
      }),
    );
    probabilities.push(...odds.map((odd) => odd / total));
  }
  return { labels, probabilities };
}

describe('a multiclass evaluation', () => {
  it('is plain JSON of its task', () => {
    const evaluation = evaluateMulticlass([0, 1, 2], [0.5, 0.3, 0.2, 0.1, 0.8, 0.1, 0.6, 0.2, 0.2], names(3));
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    expect(evaluation).toMatchObject({ task: 'multiclass', rows: 3, classes: names(3) });
  });

  it('of two classes has the AUC and interval of the binary model', () => {
    const sample = oracle.multiclass['two classes'] as (typeof oracle.multiclass)[string];
    const ofSecond = sample.labels.map((_, row) => sample.probabilities[2 * row + 1] as number);
    const { auc, logLoss } = evaluateBinary(sample.labels, ofSecond).metrics;
    const { metrics } = evaluateMulticlass(sample.labels, sample.probabilities, names(2));
    expectEstimate(metrics.macroAuc, [auc.value, auc.low, auc.high] as [number, number, number]);
    expectEstimate(metrics.logLoss, [logLoss.value, logLoss.low, logLoss.high] as [number, number, number]);
  });

  it('predicts the first of equally likely classes', () => {
    expect(evaluateMulticlass([1, 1], [0.4, 0.4, 0.2, 0.2, 0.4, 0.4], names(3)).confusion).toEqual([
      [0, 0, 0],
      [1, 1, 0],
      [0, 0, 0],
    ]);
  });

  it('leaves a class that neither occurs nor is predicted out of both means', () => {
    const { metrics, perClass } = evaluateMulticlass(
      [0, 0, 1, 1],
      [0.7, 0.2, 0.1, 0.6, 0.3, 0.1, 0.2, 0.6, 0.2, 0.1, 0.7, 0.2],
      names(3),
    );
    expect(metrics.macroF1.value).toBe(1);
    expect(metrics.macroAuc.value).toBe(1);
    const none = { value: null, low: null, high: null };
    expect(perClass[2]).toEqual({
      name: 'class 2',
      support: 0,
      precision: none,
      recall: none,
      f1: none,
      auc: none,
    });
  });

  it('with a class that never occurs has a macro AUC that is surer than its classes', () => {
    const { labels, probabilities } = oracle.multiclass['a class that never occurs'] as {
      labels: number[];
      probabilities: number[];
    };
    const { metrics, perClass } = evaluateMulticlass(labels, probabilities, names(4));
    const width = ({ low, high }: Estimate) => (high as number) - (low as number);
    const occurring = perClass.slice(0, 3).map(({ auc }) => width(auc));
    expect(width(metrics.macroAuc)).toBeLessThan((0.9 * occurring.reduce((sum, one) => sum + one, 0)) / 3);
  });

  it('of perfect separation has a macro AUC with a width', () => {
    const { macroAuc } = evaluateMulticlass([0, 0, 1, 1], [1, 0, 0.9, 0.1, 0.2, 0.8, 0, 1], names(2)).metrics;
    expect(macroAuc).toMatchObject({ value: 1, high: 1 });
    expect(macroAuc.low).toBeLessThan(0.9);
  });

  it('with a class of one row has a macro AUC with the interval of the mean of the classes', () => {
    const labels = [0, 0, 0, 1, 1, 1, 2];
    const rows = [
      [5, 3, 2],
      [4, 5, 1],
      [6, 2, 2],
      [3, 5, 2],
      [5, 3, 2],
      [2, 6, 2],
      [3, 3, 4],
    ];
    const probabilities = rows.flat().map((tenth) => tenth / 10);
    const { metrics, perClass } = evaluateMulticlass(labels, probabilities, names(3));
    const mean = (end: keyof Estimate) =>
      perClass.reduce((sum, { auc }) => sum + (auc[end] as number), 0) / 3;
    expectEstimate(metrics.macroAuc, [mean('value'), mean('low'), mean('high')]);
  });

  it('of one class has losses, yet no macro AUC', () => {
    const { metrics } = evaluateMulticlass([1, 1], [0.2, 0.8, 0.4, 0.6], names(2));
    expect(metrics.macroAuc).toEqual({ value: null, low: null, high: null });
    expectEqual(metrics.logLoss.value, -(Math.log(0.8) + Math.log(0.6)) / 2);
  });

  it('has the same intervals for the same seed, others for another', () => {
    const { labels, probabilities } = drawRows(seededRandom(1), 100, 3);
    const f1 = (seed: number) =>
      evaluateMulticlass(labels, probabilities, names(3), { seed }).metrics.macroF1;
    expect(f1(5)).toEqual(f1(5));
    expect(f1(5)).not.toEqual(f1(6));
  });

  it('covers the true macro AUC and macro F1 in about 95 of 100 samples', () => {
    const random = seededRandom('multiclass coverage');
    const many = drawRows(random, 60_000, 3);
    const truth = evaluateMulticlass(many.labels, many.probabilities, names(3)).metrics;
    const covered = { macroAuc: 0, macroF1: 0 };
    for (let sample = 0; sample < 300; sample++) {
      const { labels, probabilities } = drawRows(random, 250, 3);
      const { metrics } = evaluateMulticlass(labels, probabilities, names(3), { seed: sample });
      for (const name of ['macroAuc', 'macroF1'] as const) {
        const { low, high } = metrics[name] as { low: number; high: number };
        const value = truth[name].value as number;
        if (low <= value && value <= high) covered[name]++;
      }
    }
    for (const count of Object.values(covered)) {
      expect(count).toBeGreaterThan(273);
      expect(count).toBeLessThan(298);
    }
  });
});

describe('a multiclass evaluation refuses', () => {
  it.each([
    ['no rows', [], [], names(2), {}, 'labels: expected at least 1 row, got 0 rows'],
    ['other lengths', [0], [1], names(2), {}, 'probabilities: expected 2 values, 2 a row, got 1 values'],
    [
      'a class too many',
      [2],
      [0.5, 0.5],
      names(2),
      {},
      'labels[0]: expected a class index from 0 to 1, got 2',
    ],
    [
      'half a class',
      [0.5],
      [0.5, 0.5],
      names(2),
      {},
      'labels[0]: expected a class index from 0 to 1, got 0.5',
    ],
    [
      'a negative class',
      [-1],
      [0.5, 0.5],
      names(2),
      {},
      'labels[0]: expected a class index from 0 to 1, got -1',
    ],
    [
      'NaN',
      [0],
      [0.5, Number.NaN],
      names(2),
      {},
      'probabilities[1]: expected a probability in [0, 1], got NaN',
    ],
    [
      'above 1',
      [0],
      [1.5, -0.5],
      names(2),
      {},
      'probabilities[0]: expected a probability in [0, 1], got 1.5',
    ],
    [
      'a row of half',
      [0],
      [0.25, 0.25],
      names(2),
      {},
      'row 0: expected probabilities that add up to 1, got 0.5',
    ],
    [
      'one class',
      [0],
      [1],
      names(1),
      {},
      'classes: expected the names of at least 2 classes, got ["class 0"]',
    ],
    ['no bins', [0], [1, 0], names(2), { bins: 0 }, 'bins: expected a whole number of at least 1, got 0'],
    [
      'confidence 0',
      [0],
      [1, 0],
      names(2),
      { confidence: 0 },
      'confidence: expected a number within (0, 1), got 0',
    ],
  ])('%s', (_, labels, probabilities, classes, options, message) => {
    expect(() => evaluateMulticlass(labels, probabilities, classes, options)).toThrow(InvalidInputError);
    expect(() => evaluateMulticlass(labels, probabilities, classes, options)).toThrow(message);
  });
});
