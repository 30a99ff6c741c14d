import { describe, expect, it } from 'vitest';
import { applyCalibration } from '#core/evaluate/calibrators.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { learnDecision } from '#core/training/learn-decision.ts';

// A model that is too sure of itself: of ten rows at 1/8 three are positive, of ten at 7/8 six.
const at = (probability: number, positives: number) =>
  Array.from({ length: 10 }, (_, row) => ({ probability, label: row < positives ? 1 : 0 }));
const rows = [...at(0.125, 3), ...at(0.5, 5), ...at(0.875, 6)];
const labels = Float32Array.from(rows, ({ label }) => label);
const probabilities = Float32Array.from(rows, ({ probability }) => probability);

const learn = (threshold: ModelSpec['threshold'], calibration: ModelSpec['calibration'] = 'none'): Decision =>
  learnDecision({ calibration, threshold }, labels, probabilities);

describe('learnDecision', () => {
  it('takes a threshold that is a number as it is', () => {
    expect(learn(0.3)).toEqual({ format: 1, calibration: null, threshold: 0.3 });
  });

  // Confusion of the cuts, positive from: 1 (nothing), 7/8 (6 of 14 and 4 of 16), 1/2 (11 and 9), 1/8 (14 and 16).
  it.each<[rule: string, threshold: ModelSpec['threshold'], expected: number]>([
    ['the best F1: 22/34 against 12/24 and 28/44', { metric: 'f1' }, 0.5],
    ['the best accuracy: 18/30, the highest of equals', { metric: 'accuracy' }, 0.875],
    ["the best of Youden's: 11/14 - 9/16 against 6/14 - 4/16", { metric: 'youden' }, 0.5],
    ['the best balanced accuracy, which is where the best of Youden is', { metric: 'balancedAccuracy' }, 0.5],
    ['a recall of at least 11/14', { recall: 0.78 }, 0.5],
    ['a recall of all', { recall: 1 }, 0.125],
    ['a precision of at least 6/10', { precision: 0.6 }, 0.875],
    ['a precision of at least 11/20', { precision: 0.54 }, 0.5],
    [
      'the least cost where a false alarm costs five times a miss',
      { cost: { falsePositive: 5, falseNegative: 1 } },
      1,
    ],
    [
      'the least cost where a miss costs five times a false alarm',
      { cost: { falsePositive: 1, falseNegative: 5 } },
      0.125,
    ],
  ])('chooses the threshold of %s', (_, threshold, expected) => {
    expect(learn(threshold).threshold).toBe(expected);
  });

  it('learns an isotonic calibration: what share was positive where the model said so', () => {
    expect(learn(0.5, 'isotonic')).toEqual({
      format: 1,
      calibration: {
        kind: 'isotonic',
        x: [0.125, 0.5, 0.875],
        y: [0.3, 0.5, 0.6],
      },
      threshold: 0.5,
    });
  });

  it("learns Platt's: a model that is too sure is drawn in, and never turned round", () => {
    const { calibration, threshold } = learn(0.4, 'platt');
    expect([calibration?.kind, threshold]).toEqual(['platt', 0.4]);
    const calibrated = [0.125, 0.5, 0.875].map((probability) =>
      applyCalibration(calibration as NonNullable<typeof calibration>, probability),
    ) as [number, number, number];
    expect(calibrated[0]).toBeGreaterThan(0.125);
    expect(calibrated[2]).toBeLessThan(0.875);
    expect(calibrated[0]).toBeLessThan(calibrated[1]);
    expect(calibrated[1]).toBeLessThan(calibrated[2]);
    // At Platt's optimum the curve's mean is that of his targets: 15/16 for 14 positive rows, 1/18 for 16 others.
    const mean = calibrated.reduce((sum, probability) => sum + probability, 0) / 3;
    expect(mean).toBeCloseTo((14 * (15 / 16) + 16 * (1 / 18)) / 30, 9);
  });

  it.each(['isotonic', 'platt'] as const)(
    'chooses the threshold by what %s makes of the probabilities',
    (kind) => {
      const { calibration, threshold } = learn({ metric: 'youden' }, kind);
      expect(threshold).toBe(applyCalibration(calibration as NonNullable<typeof calibration>, 0.5));
    },
  );
});
