import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { evaluateBinary } from '#core/evaluate/evaluate-binary.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import { expectClose, oracle } from '#test/core/fixtures/statistics/statistics.ts';

function expectEstimate(
  { value, low, high }: Estimate,
  [expected, from, to]: [number, number, number],
): void {
  expectClose(value, expected);
  expectClose(low, from);
  expectClose(high, to);
}

describe.each(Object.entries(oracle.cases))('evaluation of %s equals scikit-learn and scipy', (_, sample) => {
  const { metrics, confusion, calibration } = evaluateBinary(sample.labels, sample.probabilities);

  it('log loss', () => {
    expectEstimate(metrics.logLoss, sample.logLoss);
    expectClose(metrics.logLoss.value, sample.sklearnLogLoss);
  });
  it('Brier score', () => {
    expectEstimate(metrics.brier, sample.brier);
    expectClose(metrics.brier.value, sample.sklearnBrier);
  });
  it('average precision', () => expectClose(metrics.averagePrecision.value, sample.averagePrecision));
  it('confusion at 0.5 and what follows from it', () => {
    const { trueNegatives, falsePositives, falseNegatives, truePositives } = confusion;
    expect([trueNegatives, falsePositives, falseNegatives, truePositives]).toEqual(sample.confusion);
    expectEstimate(metrics.accuracy, sample.accuracy);
    expectEstimate(metrics.precision, sample.precision);
    expectEstimate(metrics.recall, sample.recall);
    expectClose(metrics.f1.value, sample.f1);
  });
  it('reliability curve and calibration error', () => {
    expectClose(metrics.ece.value, sample.calibration.ece);
    expect(calibration.ece).toBe(metrics.ece.value);
    expect(calibration.bins.map(({ count }) => count)).toEqual(
      sample.calibration.bins.map(([count]) => count),
    );
    for (const [index, [, predicted, ...observed]] of sample.calibration.bins.entries()) {
      const bin = calibration.bins[index] as (typeof calibration.bins)[number];
      expectClose(bin.meanPredicted, predicted);
      expectEstimate(bin.observed, observed);
    }
  });
});

describe('evaluation', () => {
  it('is plain JSON with rows, positives and base rate', () => {
    const evaluation = evaluateBinary([0, 1, 0, 0], [0.2, 0.7, 0.1, 0.6]);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    expect(evaluation).toMatchObject({ rows: 4, positives: 1, baseRate: 0.25, confidence: 0.95 });
  });

  it('reads typed arrays like lists', () => {
    expect(evaluateBinary(Uint8Array.of(0, 1, 1), Float64Array.of(0.25, 0.5, 0.75))).toEqual(
      evaluateBinary([0, 1, 1], [0.25, 0.5, 0.75]),
    );
  });

  it('does not depend on the order of rows, even among ties', () => {
    const row = fc.record({ label: fc.constantFrom(0, 1), grid: fc.integer({ min: 0, max: 8 }) });
    const shuffled = fc
      .array(row, { minLength: 1, maxLength: 50 })
      .chain((rows) => fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })));
    fc.assert(
      fc.property(shuffled, ([rows, others]) => {
        const [one, two] = [rows, others].map((list) =>
          evaluateBinary(
            list.map(({ label }) => label),
            list.map(({ grid }) => grid / 8),
          ),
        );
        for (const metric of ['auc', 'averagePrecision', 'ece', 'f1', 'brier'] as const) {
          const value = one?.metrics[metric].value ?? null;
          if (value === null) expect(two?.metrics[metric].value).toBeNull();
          else expectClose(two?.metrics[metric].value ?? null, value);
        }
        expect(two?.calibration.bins.map(({ count }) => count)).toEqual(
          one?.calibration.bins.map(({ count }) => count),
        );
      }),
    );
  });

  it('counts a probability equal to the threshold as predicted positive', () => {
    const { confusion } = evaluateBinary([1, 0], [0.3, 0.29], { threshold: 0.3 });
    expect(confusion).toEqual({
      threshold: 0.3,
      truePositives: 1,
      falsePositives: 0,
      trueNegatives: 1,
      falseNegatives: 0,
    });
  });

  it('charges a sure mistake 34.5 nats, not infinity', () => {
    expectClose(evaluateBinary([1, 1], [0, 0]).metrics.logLoss.value, -Math.log(1e-15));
  });

  it('of one class has no ranking, yet its losses', () => {
    const { auc, averagePrecision, recall, logLoss, accuracy } = evaluateBinary(
      [0, 0, 0],
      [0.1, 0.2, 0.3],
    ).metrics;
    const undefinedHere = { value: null, low: null, high: null };
    expect({ auc, averagePrecision, recall }).toEqual({
      auc: undefinedHere,
      averagePrecision: undefinedHere,
      recall: undefinedHere,
    });
    expectClose(logLoss.value, -(Math.log(0.9) + Math.log(0.8) + Math.log(0.7)) / 3);
    expect(accuracy.value).toBe(1);
  });

  it('of positives alone has no AUC and an average precision of 1', () => {
    const { auc, averagePrecision } = evaluateBinary([1, 1, 1], [0.1, 0.2, 0.3]).metrics;
    expect(auc.value).toBeNull();
    expect(averagePrecision).toMatchObject({ value: 1, high: 1 });
    expect(averagePrecision.low).toBeLessThan(1);
  });

  it('without a predicted positive has no precision', () => {
    expect(evaluateBinary([0, 1], [0.1, 0.2]).metrics.precision.value).toBeNull();
  });

  it('without a positive, predicted or real, has no F1', () => {
    expect(evaluateBinary([0, 0], [0.1, 0.2]).metrics.f1).toEqual({ value: null, low: null, high: null });
  });

  it('of one row has losses without interval', () => {
    const { metrics, calibration } = evaluateBinary([1], [0.75]);
    expect(metrics.brier).toEqual({ value: 0.0625, low: null, high: null });
    expect(calibration).toMatchObject({ ece: 0.25, bins: [{ count: 1, meanPredicted: 0.75 }] });
  });
});

describe('evaluation refuses', () => {
  it.each([
    ['no rows', [], [], {}, 'labels: expected at least 1 row, got 0 rows'],
    ['other lengths', [0, 1], [0.5], {}, 'probabilities: expected 2 values, as many as labels, got 1 values'],
    ['a label 2', [0, 2], [0.5, 0.5], {}, 'labels[1]: expected 0 or 1, got 2'],
    ['a label NaN', [Number.NaN], [0.5], {}, 'labels[0]: expected 0 or 1, got NaN'],
    ['NaN', [0, 1], [0.5, Number.NaN], {}, 'probabilities[1]: expected a probability in [0, 1], got NaN'],
    ['below 0', [0], [-0.1], {}, 'probabilities[0]: expected a probability in [0, 1], got -0.1'],
    ['above 1', [0], [1.1], {}, 'probabilities[0]: expected a probability in [0, 1], got 1.1'],
    ['threshold 2', [0], [0.1], { threshold: 2 }, 'threshold: expected a number in [0, 1], got 2'],
    ['no bins', [0], [0.1], { bins: 0 }, 'bins: expected a whole number of at least 1, got 0'],
    ['half a bin', [0], [0.1], { bins: 1.5 }, 'bins: expected a whole number of at least 1, got 1.5'],
    ['confidence 1', [0], [0.1], { confidence: 1 }, 'confidence: expected a number within (0, 1), got 1'],
    ['confidence 0', [0], [0.1], { confidence: 0 }, 'confidence: expected a number within (0, 1), got 0'],
  ])('%s', (_, labels, probabilities, options, message) => {
    expect(() => evaluateBinary(labels, probabilities, options)).toThrow(
      new InvalidInputError([problem(message)]),
    );
  });
});

function problem(message: string) {
  const [, field, expected, got] = /^(.*?): expected (.*), got (.*)$/.exec(message) as unknown as string[];
  return { field: field as string, expected: expected as string, got: got as string };
}
