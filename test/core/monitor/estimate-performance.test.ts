import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateBinary } from '#core/evaluate/index.ts';
import { answerCounter } from '#core/monitor/answer-counts.ts';
import { estimatePerformance } from '#core/monitor/estimate-performance.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Prediction } from '#core/serve/answer.ts';

const binary = (probabilities: readonly number[], threshold = 0.5): Prediction[] =>
  probabilities.map((probability) => ({ probability, margin: 0, positive: probability >= threshold }));

/** Of rows that are counted one at a time. */
function estimateOf(predictions: readonly Prediction[], threshold: number | null, watched: string) {
  const answers = answerCounter(threshold);
  for (const prediction of predictions) answers.add(prediction);
  return estimatePerformance(answers.counts(), watched);
}

describe('the performance of a binary model without truth', () => {
  /**
   * Each row counts p as a positive and 1 - p as a negative: p = np.array([...]); y = np.r_[np.ones(8), np.zeros(8)];
   * w = np.r_[p, 1 - p]; s = np.r_[p, p]; d = s >= 0.5; sklearn.metrics.roc_auc_score(y, s, sample_weight=w),
   * log_loss(y, s, sample_weight=w), np.average((y - s) ** 2, weights=w), accuracy_score(y, d, sample_weight=w), ...
   */
  it('is what scikit-learn gives of rows that are true as often as their probability says', () => {
    const estimate = estimateOf(binary([0.1, 0.9, 0.35, 0.35, 0.6, 0.05, 0.75, 0.5]), 0.5, 'auc');
    const expected = {
      auc: 0.8188131313131313,
      logLoss: 0.5090085575482555,
      brier: 0.17,
      accuracy: 0.7375,
      precision: 0.6875,
      recall: 0.7638888888888888,
      f1: 0.7236842105263158,
    };
    expect(estimate).toMatchObject({ method: 'confidence-based', rows: 8, watched: 'auc' });
    expect(Object.keys(estimate?.metrics ?? {})).toEqual(Object.keys(expected));
    for (const [metric, value] of Object.entries(expected)) {
      expect(estimate?.metrics[metric], metric).toBeCloseTo(value, 12);
    }
  });

  it('is what evaluation finds once labels come that the probabilities are right about', () => {
    const random = seededRandom('estimate');
    const probabilities = Array.from({ length: 50_000 }, () => random.uniform() ** 2);
    const labels = probabilities.map((p) => Number(random.uniform() < p));
    const { metrics } = evaluateBinary(labels, probabilities, { threshold: 0.3, confidence: 0.9999 });
    const estimate = estimateOf(binary(probabilities, 0.3), 0.3, 'auc')?.metrics ?? {};
    for (const [metric, value] of Object.entries(estimate)) {
      const { low, high } = metrics[metric as keyof typeof metrics];
      expect(value, metric).toBeGreaterThan(low as number);
      expect(value, metric).toBeLessThan(high as number);
    }
  });

  /** Of every pair of rows: p x (1 - q) is how often the one is true and the other is not. */
  const areaOf = (probabilities: readonly number[]) => {
    let [area, pairs] = [0, 0];
    for (const p of probabilities) {
      for (const q of probabilities) {
        area += p * (1 - q) * (p === q ? 0.5 : Number(p > q));
        pairs += p * (1 - q);
      }
    }
    return area / pairs;
  };

  it('has an area that is too low by 1/128 at most, and never too high, however near its rows are', () => {
    const probability = fc.oneof(
      fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
      fc.double({ min: 0.01, max: 0.0105, noNaN: true }),
      fc.double({ min: 0.97, max: 0.971, noNaN: true }),
    );
    fc.assert(
      fc.property(fc.array(probability, { minLength: 1, maxLength: 40 }), (probabilities) => {
        const lost =
          areaOf(probabilities) - (estimateOf(binary(probabilities), 0.5, 'auc')?.metrics.auc ?? 1);
        expect(lost).toBeGreaterThan(-1e-9);
        expect(lost).toBeLessThan(1 / 128);
      }),
    );
  });

  it('loses almost nothing of the area where its rows are spread', () => {
    const random = seededRandom('spread');
    const probabilities = Array.from({ length: 2000 }, () => random.uniform() ** 3);
    const { auc } = estimateOf(binary(probabilities), 0.5, 'auc')?.metrics ?? {};
    expect(Math.abs(areaOf(probabilities) - (auc ?? 0))).toBeLessThan(1e-4);
  });

  it('leaves out what its rows do not define', () => {
    // Nobody is predicted positive, and no positive is expected.
    const estimate = estimateOf(binary([0, 0]), 0.5, 'auc');
    expect(estimate).toMatchObject({ watched: null });
    expect(estimate?.metrics).toEqual({ logLoss: 0, brier: 0, accuracy: 1 });
  });

  it('decides at the version’s threshold, at 0.5 where it has none', () => {
    const at = (threshold: number | null) =>
      estimateOf(binary([0.3, 0.6]), threshold, 'auc')?.metrics.precision;
    expect(at(0.2)).toBeCloseTo(0.45, 12);
    expect(at(null)).toBeCloseTo(0.6, 12);
  });
});

describe('of a multiclass model', () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.1, 0.8, 0.1],
    [0.3, 0.3, 0.4],
    [0.5, 0.25, 0.25],
    [0.05, 0.15, 0.8],
  ];
  const answers = (probabilities: readonly number[][]): Prediction[] =>
    probabilities.map(([a = 0, b = 0, c = 0]) => ({ label: 'a', probabilities: { a, b, c } }));

  // As above, each row three times: y = np.tile([0, 1, 2], 5), weights P.ravel(), f1_score(..., average='macro').
  it('is what scikit-learn gives of classes that come as often as their probability says', () => {
    const { metrics } = estimateOf(answers(rows), null, 'macroF1') as {
      metrics: Record<string, number>;
    };
    expect(metrics.accuracy).toBeCloseTo(0.64, 12);
    expect(metrics.macroF1).toBeCloseTo(0.6358870285810925, 12);
    expect(metrics.logLoss).toBeCloseTo(0.8364681221681212, 12);
    expect(metrics.brier).toBeCloseTo(0.484, 12);
  });

  it('leaves a class that is neither answered nor expected once out of the macro F1', () => {
    const { metrics } = estimateOf(
      answers([
        [0.6, 0.4, 0],
        [0.4, 0.6, 0],
      ]),
      null,
      'macroF1',
    ) as {
      metrics: Record<string, number>;
    };
    expect(metrics.macroF1).toBeCloseTo(0.6, 12);
  });
});

it('numbers say nothing of their own confidence, and no rows say nothing', () => {
  expect(estimateOf([{ value: 3 }], null, 'mse')).toBeNull();
  expect(estimateOf([], 0.5, 'auc')).toBeNull();
});
