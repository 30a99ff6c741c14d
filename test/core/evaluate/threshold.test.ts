import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { confusionAt } from '#core/evaluate/confusion.ts';
import { chooseThreshold, type ThresholdRule } from '#core/evaluate/threshold.ts';
import { expectEqual, oracle } from '#test/fixtures/evaluate/evaluate.ts';

describe.each(Object.entries(oracle.thresholds))(
  'the threshold of %s rows equals scikit-learn',
  (_, sample) => {
    it.each<[keyof typeof sample & string, ThresholdRule]>([
      ['f1', { metric: 'f1' }],
      ['accuracy', { metric: 'accuracy' }],
      ['balancedAccuracy', { metric: 'balancedAccuracy' }],
      ['youden', { metric: 'youden' }],
      ['recall', { recall: 0.8 }],
      ['precision', { precision: 0.6 }],
      ['cost', { cost: { falsePositive: 1, falseNegative: 4, truePositive: -2 } }],
    ])('by %s', (name, rule) => {
      const [threshold, value] = sample[name] as [number, number];
      const chosen = chooseThreshold(sample.labels, sample.probabilities, rule);
      expect(chosen.threshold).toBe(threshold);
      expectEqual(chosen.value, value);
      expect(chosen.rows).toBe(sample.labels.length);
    });
  },
);

const labels = [0, 0, 1, 0, 1, 1];
const probabilities = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
const choose = (rule: ThresholdRule) => chooseThreshold(labels, probabilities, rule);

describe('a threshold', () => {
  it('of equals is the highest: fewest rows predicted positive', () => {
    // At 0.5 and at 0.3 one of six rows is wrong.
    expect(choose({ metric: 'accuracy' })).toEqual({ threshold: 0.5, value: 5 / 6, rows: 6 });
  });

  it('for a recall has the best precision, then the most recall', () => {
    expect(choose({ recall: 0.3 })).toEqual({ threshold: 0.5, value: 1, rows: 6 });
    expect(choose({ recall: 1 })).toEqual({ threshold: 0.3, value: 0.75, rows: 6 });
  });

  it('for a precision has the best recall, then the most precision', () => {
    expect(choose({ precision: 0.7 })).toEqual({ threshold: 0.3, value: 1, rows: 6 });
    expect(choose({ precision: 0.8 })).toEqual({ threshold: 0.5, value: 2 / 3, rows: 6 });
    expect(chooseThreshold([1, 0, 0], [0.9, 0.5, 0.4], { precision: 0.3 }).threshold).toBe(0.9);
  });

  it('for a precision that none reaches is the nearest, and says so with a null', () => {
    expect(chooseThreshold([1, 0, 1, 0], [0.2, 0.9, 0.5, 0.1], { precision: 0.9 })).toEqual({
      threshold: 0.2,
      value: null,
      rows: 4,
    });
  });

  it('by cost predicts none where a false positive costs too much, all where a false negative does', () => {
    expect(choose({ cost: { falsePositive: 100, falseNegative: 0 } })).toEqual({
      threshold: 1,
      value: 0,
      rows: 6,
    });
    const one = { labels: [1, 0], probabilities: [0.2, 0.9] };
    expect(
      chooseThreshold(one.labels, one.probabilities, { cost: { falsePositive: 1, falseNegative: 100 } }),
    ).toEqual({ threshold: 0.2, value: 0.5, rows: 2 });
  });

  it('by cost counts what right answers cost', () => {
    const cost = { falsePositive: 1, falseNegative: 1, truePositive: 3, trueNegative: 0 };
    expect(choose({ cost })).toEqual({ threshold: 1, value: 0.5, rows: 6 });
  });

  it('of rows that all have probability 1 is 1, which predicts them all', () => {
    expect(chooseThreshold([1, 0, 1], [1, 1, 1], { metric: 'f1' })).toEqual({
      threshold: 1,
      value: 0.8,
      rows: 3,
    });
  });

  it.each<[string, ThresholdRule]>([
    ['f1', { metric: 'f1' }],
    ['youden', { metric: 'youden' }],
    ['balanced accuracy', { metric: 'balancedAccuracy' }],
    ['recall', { recall: 0.5 }],
    ['precision', { precision: 0.5 }],
  ])('by %s with rows of one class is 0.5 with value null', (_, rule) => {
    for (const label of [0, 1]) {
      expect(chooseThreshold([label, label], [0.2, 0.7], rule)).toEqual({
        threshold: 0.5,
        value: null,
        rows: 2,
      });
    }
  });

  it('by accuracy with rows of one class is right about all', () => {
    expect(chooseThreshold([0, 0], [0.2, 0.7], { metric: 'accuracy' })).toEqual({
      threshold: 1,
      value: 1,
      rows: 2,
    });
    expect(chooseThreshold([1, 1], [0.2, 0.7], { metric: 'accuracy' })).toEqual({
      threshold: 0.2,
      value: 1,
      rows: 2,
    });
  });

  it('by cost is no dearer than any other threshold', () => {
    const row = fc.record({ label: fc.constantFrom(0, 1), tenth: fc.integer({ min: 0, max: 10 }) });
    const cost = fc.record({ falsePositive: fc.nat(9), falseNegative: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 30 }), cost, fc.nat(20), (rows, costs, other) => {
        const scored = {
          labels: rows.map(({ label }) => label),
          probabilities: rows.map(({ tenth }) => tenth / 10),
          positives: 0,
        };
        const costOf = (threshold: number) => {
          const { falsePositives, falseNegatives } = confusionAt(scored, threshold);
          return (falsePositives * costs.falsePositive + falseNegatives * costs.falseNegative) / rows.length;
        };
        const { threshold, value } = chooseThreshold(scored.labels, scored.probabilities, { cost: costs });
        expectEqual(value, costOf(threshold));
        expect(value as number).toBeLessThanOrEqual(costOf(other / 20) + 1e-12);
      }),
    );
  });

  it.each<[string, ThresholdRule, string]>([
    ['a recall of 0', { recall: 0 }, 'recall: expected a share in (0, 1], got 0'],
    ['a precision above 1', { precision: 1.1 }, 'precision: expected a share in (0, 1], got 1.1'],
    [
      'a cost without end',
      { cost: { falsePositive: Infinity, falseNegative: 1 } },
      'cost.falsePositive: expected a finite number, got Infinity',
    ],
    [
      'a cost NaN',
      { cost: { falsePositive: 1, falseNegative: Number.NaN } },
      'cost.falseNegative: expected a finite number, got NaN',
    ],
  ])('refuses %s', (_, rule, message) => {
    expect(() => choose(rule)).toThrow(InvalidInputError);
    expect(() => choose(rule)).toThrow(message);
  });
});
