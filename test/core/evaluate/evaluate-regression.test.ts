import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { evaluateRegression } from '#core/evaluate/evaluate-regression.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import { expectEqual, expectEstimate, oracle } from '#test/fixtures/evaluate/evaluate.ts';

const UNDEFINED = { value: null, low: null, high: null };

describe.each(Object.entries(oracle.regression))('regression of %s equals scikit-learn', (_, sample) => {
  const { quantile, tweediePower } = sample;
  const { metrics, residuals } = evaluateRegression(sample.labels, sample.predictions, {
    quantile,
    tweediePower,
  });

  it("means of errors, with scipy's standard errors", () => {
    expectEstimate(metrics.mse, sample.mse);
    expectEqual(metrics.mse.value, sample.sklearnMse);
    expectEstimate(metrics.mae, sample.mae);
    expectEqual(metrics.mae.value, sample.sklearnMae);
    expectEstimate(metrics.bias, sample.bias);
    expectEqual(metrics.pinball.value, sample.pinball);
  });
  it('root mean squared error, R2 and median absolute error', () => {
    expectEqual(metrics.rmse.value, sample.rmse);
    expectEqual(metrics.r2.value, sample.r2);
    expectEqual(metrics.medianAbsoluteError.value, sample.medianAbsoluteError);
  });
  it('deviances, where scikit-learn takes the rows', () => {
    expectEqual(metrics.poissonDeviance.value, sample.poissonDeviance);
    expectEqual(metrics.tweedieDeviance.value, sample.tweedieDeviance);
  });
  it("quantiles of the residuals equal numpy's", () => {
    expect(residuals.quantiles.map(({ share }) => share)).toEqual(oracle.shares);
    for (const [index, { value }] of residuals.quantiles.entries()) {
      expectEqual(value, sample.residualQuantiles[index] as number);
    }
  });
});

describe('a regression', () => {
  it('is plain JSON of its task', () => {
    const evaluation = evaluateRegression([1, 2, 4], [1.5, 2, 3]);
    expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
    expect(evaluation).toMatchObject({ task: 'regression', rows: 3, confidence: 0.95 });
  });

  it('has pinball loss and Tweedie deviance only when asked for', () => {
    const { pinball, tweedieDeviance, poissonDeviance } = evaluateRegression([1, 2], [1, 3]).metrics;
    expect({ pinball, tweedieDeviance }).toEqual({ pinball: UNDEFINED, tweedieDeviance: UNDEFINED });
    expect(poissonDeviance.value).toBeGreaterThan(0);
  });

  it.each([
    ['a negative label', [-1, 2], [1, 1]],
    ['a prediction of 0', [1, 2], [0, 1]],
    ['a negative prediction', [1, 2], [1, -1]],
  ])('with %s has no deviance', (_, labels, predictions) => {
    const { metrics } = evaluateRegression(labels, predictions, { tweediePower: 1.5 });
    expect(metrics.poissonDeviance).toEqual(UNDEFINED);
    expect(metrics.tweedieDeviance).toEqual(UNDEFINED);
  });

  it('of equal labels has no R2, whatever rounding leaves', () => {
    expect(evaluateRegression(Array(7).fill(0.1), [0, 1, 2, 3, 4, 5, 6]).metrics.r2).toEqual(UNDEFINED);
  });

  it('leaves resamples of equal labels out of the interval of R2, whatever rounding leaves', () => {
    // A third of the resamples misses the last row.
    const labels = [...Array(8).fill(0.1), 1.1];
    const { r2 } = evaluateRegression(
      labels,
      labels.map((label, row) => label + (row % 2 ? 0.01 : -0.01)),
    ).metrics;
    expect(r2.low).toBeGreaterThan(0.9);
  });

  it('of one row has values without intervals', () => {
    const { rmse, mae, bias, medianAbsoluteError, r2 } = evaluateRegression([2], [5]).metrics;
    for (const metric of [rmse, mae, bias, medianAbsoluteError]) {
      expect(metric).toEqual({ value: 3, low: null, high: null });
    }
    expect(r2.value).toBeNull();
  });

  it('has positive bias and residuals where it predicts too much', () => {
    const { metrics, residuals } = evaluateRegression([1, 2, 3], [2, 3, 4]);
    expect(metrics.bias.value).toBe(1);
    expect(residuals.quantiles.every(({ value }) => value === 1)).toBe(true);
  });

  it('has the same intervals for the same seed, others for another', () => {
    const { labels, predictions } = oracle.regression['signed values'] as {
      labels: number[];
      predictions: number[];
    };
    const r2 = (seed: number) => evaluateRegression(labels, predictions, { seed }).metrics.r2;
    expect(r2(5)).toEqual(r2(5));
    expect(r2(5)).not.toEqual(r2(6));
  });

  it('has a median absolute error that a full sort gives, for even and odd rows and ties', () => {
    const rows = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, (errors) => {
        const sorted = errors.map(Math.abs).toSorted((a, b) => a - b);
        const middle = [(errors.length - 1) >> 1, errors.length >> 1].map((at) => sorted[at] as number);
        const { value } = evaluateRegression(Array(errors.length).fill(0), errors).metrics
          .medianAbsoluteError;
        expect(value).toBe(((middle[0] as number) + (middle[1] as number)) / 2);
      }),
    );
  });

  it('covers the true error, R2 and median in about 95 of 100 samples', () => {
    const random = seededRandom('regression coverage');
    const noise = 0.5;
    // Labels x + e with x of variance 1: R2 is 1 / (1 + noise^2); the median of |N(0, 1)| is 0.6745.
    const truth = { rmse: noise, r2: 1 / (1 + noise ** 2), medianAbsoluteError: 0.674489750196 * noise };
    const names = ['rmse', 'r2', 'medianAbsoluteError'] as const;
    const covered = { rmse: 0, r2: 0, medianAbsoluteError: 0 };
    for (let sample = 0; sample < 300; sample++) {
      const predictions = Array.from({ length: 200 }, () => random.normal());
      const labels = predictions.map((value) => value + noise * random.normal());
      const { metrics } = evaluateRegression(labels, predictions, { seed: sample });
      for (const name of names) {
        const { low, high } = metrics[name] as { low: number; high: number };
        if (low <= truth[name] && truth[name] <= high) covered[name]++;
      }
    }
    for (const name of names) {
      expect(covered[name]).toBeGreaterThan(273);
      expect(covered[name]).toBeLessThan(298);
    }
  });
});

describe('a regression refuses', () => {
  it.each([
    ['no rows', [], [], {}, 'labels: expected at least 1 row, got 0 rows'],
    ['other lengths', [1, 2], [1], {}, 'predictions: expected 2 values, as many as labels, got 1 values'],
    ['a label NaN', [Number.NaN], [1], {}, 'labels[0]: expected a finite number, got NaN'],
    ['a label without end', [1, Infinity], [1, 1], {}, 'labels[1]: expected a finite number, got Infinity'],
    ['a prediction NaN', [1], [Number.NaN], {}, 'predictions[0]: expected a finite number, got NaN'],
    ['confidence 1', [1], [1], { confidence: 1 }, 'confidence: expected a number within (0, 1), got 1'],
    ['quantile 1', [1], [1], { quantile: 1 }, 'quantile: expected a number within (0, 1), got 1'],
    ['quantile 0', [1], [1], { quantile: 0 }, 'quantile: expected a number within (0, 1), got 0'],
    ['power 1', [1], [1], { tweediePower: 1 }, 'tweediePower: expected a number within (1, 2), got 1'],
    ['power 2', [1], [1], { tweediePower: 2 }, 'tweediePower: expected a number within (1, 2), got 2'],
  ])('%s', (_, labels, predictions, options, message) => {
    expect(() => evaluateRegression(labels, predictions, options)).toThrow(InvalidInputError);
    expect(() => evaluateRegression(labels, predictions, options)).toThrow(message);
  });
});
