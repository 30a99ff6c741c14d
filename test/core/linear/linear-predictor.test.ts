import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { fitLinear, type LinearModel, linearPredictor } from '#core/linear/index.ts';
import type { Predictor } from '#ports/predictor.ts';
import { matrix } from '#test/fixtures/linear/linear.ts';
import { largestDifference, marginsOf, problems } from './problems.ts';

const model: LinearModel = {
  format: 1,
  kind: 'linear',
  task: 'binary',
  l2: 1,
  intercept: [0.5],
  features: [
    { name: 'x', kind: 'number', mean: 10, scale: 2, weights: [3], missing: { share: 0.25, weights: [-1] } },
    {
      name: 'c',
      kind: 'categorical',
      levels: [[1], [-2]],
      shares: [0.5, 0.25],
      missing: { share: 0.25, weights: [4] },
    },
    { name: 'whole', kind: 'categorical', levels: [[1], [-1]], shares: [0.75, 0.25] },
    { name: 'y', kind: 'number', mean: 1, scale: 1, weights: [2] },
  ],
};
const predictor: Predictor = linearPredictor(model);

describe('a linear model', () => {
  it('adds up its parts', () => {
    const row = matrix([[12, 1, 0, 3]]);
    expect([...predictor.margins(row)]).toEqual([0.5 + 3 - 2 + 1 + 4]);
    expect([...predictor.scores(row)]).toEqual([Math.fround(1 / (1 + Math.exp(-6.5)))]);
    expect(predictor).toMatchObject({ columns: 4, outputs: 1 });
  });

  it('takes what is missing or unseen as missing in training, else as the mean and no level', () => {
    const missing = [Number.NaN, Number.NaN, Number.NaN, Number.NaN];
    const unseen = [Number.NaN, 2, 9, Number.NaN];
    const impossible = [Number.NaN, 0.5, -1, Number.NaN];
    expect([...predictor.margins(matrix([missing, unseen, impossible]))]).toEqual([3.5, 3.5, 3.5]);
  });

  it('contributes w (x - mean), written out', () => {
    // Averages: x -0.25, c 0.5 - 0.5 + 1 = 1, whole 0.75 - 0.25 = 0.5, y 0.
    const bias = 0.5 - 0.25 + 1 + 0.5;
    expect([...predictor.contributions(matrix([[12, 1, 0, 3]]))]).toEqual([3.25, -3, 0.5, 4, bias]);
    expect([...predictor.contributions(matrix([[Number.NaN, Number.NaN, 5, Number.NaN]]))]).toEqual([
      -0.75,
      3,
      -0.5,
      0,
      bias,
    ]);
  });

  it('has contributions that sum to the margins and average 0 over the training rows', () => {
    fc.assert(
      fc.property(problems, (request) => {
        const served = linearPredictor(fitLinear(request));
        const parts = served.contributions(request.features);
        const runs = request.features.columns + 1;
        const margins = served.margins(request.features);
        const sums = Array.from(margins, (_, at) =>
          parts.subarray(at * runs, (at + 1) * runs).reduce((sum, part) => sum + part, 0),
        );
        expect(largestDifference(sums, margins)).toBeLessThan(1e-5);
        const total = request.weights?.reduce((sum, weight) => sum + weight, 0) as number;
        for (let place = 0; place < served.outputs * runs; place++) {
          if (place % runs === runs - 1) continue;
          const average = (request.weights as Float32Array).reduce(
            (sum, weight, row) =>
              sum + (weight * (parts[row * served.outputs * runs + place] as number)) / total,
            0,
          );
          expect(Math.abs(average)).toBeLessThan(1e-4);
        }
      }),
    );
  });

  it('answers as its type says, with probabilities of all classes that sum to 1', () => {
    fc.assert(
      fc.property(problems, (request) => {
        const fitted = fitLinear(request);
        const served = linearPredictor(fitted);
        const margins = served.margins(request.features);
        expect(largestDifference(margins, marginsOf(fitted, request.features).flat())).toBeLessThan(1e-6);
        if (request.task !== 'multiclass') return;
        const scores = served.scores(request.features);
        for (let at = 0; at < scores.length; at += 3) {
          expect(
            (scores[at] as number) + (scores[at + 1] as number) + (scores[at + 2] as number),
          ).toBeCloseTo(1, 6);
        }
      }),
    );
  });

  it('stays finite for margins beyond what exp can hold', () => {
    const steep = (task: 'binary' | 'multiclass') =>
      linearPredictor({
        ...model,
        task,
        intercept: task === 'binary' ? [0] : [0, 0],
        features: [
          { name: 'x', kind: 'number', mean: 0, scale: 1, weights: task === 'binary' ? [1] : [1, -1] },
        ],
      });
    const rows = matrix([[-5000], [5000]]);
    expect([...steep('binary').scores(rows)]).toEqual([0, 1]);
    expect([...steep('multiclass').scores(rows)]).toEqual([0, 1, 1, 0]);
  });

  it('refuses a matrix that does not fit', () => {
    expect(() => predictor.margins(matrix([[1, 2]]))).toThrow(InvalidInputError);
    expect(() => predictor.margins(matrix([[1, 2]]))).toThrow('features.columns: expected 4, got 2');
    expect(() => predictor.scores(matrix([[1, 1, 1, Infinity]]))).toThrow(
      'features[0][3]: expected a finite float32',
    );
  });

  it('answers no more once it is closed', () => {
    const closed = linearPredictor(model);
    closed.close();
    expect(() => closed.scores(matrix([[1, 1, 1, 1]]))).toThrow(
      'model: expected an open model, got a closed one',
    );
  });
});
