import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { fitLinear, type LinearRequest, linearPredictor } from '#core/linear/index.ts';
import { cases, expandedWeights, matrix } from '#test/fixtures/linear/linear.ts';
import { expand, largestDifference, marginsOf, problems } from './problems.ts';

describe.each(cases)('a model of %s', (_, { request, intercept, coefficients, margins, scores }) => {
  const model = fitLinear(request);

  it('has the weights that scikit-learn finds', () => {
    const tolerance = request.task === 'regression' ? 1e-9 : 1e-6;
    expect(largestDifference(model.intercept, intercept)).toBeLessThan(tolerance);
    expect(largestDifference(expandedWeights(model).flat(), coefficients.flat())).toBeLessThan(tolerance);
    const tight = largestDifference(marginsOf(model, request.features).flat(), margins);
    expect(tight).toBeLessThan(tolerance);
  });

  it('predicts what scikit-learn predicts, to float32', () => {
    const predictor = linearPredictor(model);
    expect(largestDifference(predictor.scores(request.features), scores)).toBeLessThan(1e-6);
    expect(largestDifference(predictor.margins(request.features), margins)).toBeLessThan(1e-6);
  });
});

/** Derivative of weighted loss and penalty by each weight, written out. */
function gradient(request: LinearRequest): number[] {
  const model = fitLinear(request);
  const { x, weights } = expand(model, request.features);
  const margins = marginsOf(model, request.features);
  const slopes = margins.map((row, at) => {
    const label = request.labels[at] as number;
    const rowWeight = request.weights?.[at] ?? 1;
    if (request.task === 'regression') return [rowWeight * ((row[0] as number) - label)];
    if (request.task === 'binary') return [rowWeight * (1 / (1 + Math.exp(-(row[0] as number))) - label)];
    const total = row.reduce((sum, margin) => sum + Math.exp(margin), 0);
    return row.map((margin, k) => rowWeight * (Math.exp(margin) / total - Number(k === label)));
  });
  // A column that varies in rows of weight 0 only is not fitted: its weight is 0.
  return weights.flatMap((own, output) =>
    own.map((weight, at) => {
      const penalty = at === 0 ? 0 : request.l2 * weight;
      const slope = x.reduce(
        (sum, row, index) => sum + (row[at] as number) * (slopes[index]?.[output] as number),
        0,
      );
      return weight === 0 ? 0 : slope + penalty;
    }),
  );
}

const reordered = (request: LinearRequest, order: readonly number[]): LinearRequest => {
  const { rows, columns, values } = request.features;
  const rowOf = (row: number) => Array.from(values.subarray(row * columns, (row + 1) * columns));
  return {
    ...request,
    features: { rows, columns, values: Float32Array.from(order.flatMap(rowOf)) },
    labels: Float32Array.from(order, (row) => request.labels[row] as number),
    weights: Float32Array.from(order, (row) => request.weights?.[row] as number),
  };
};

const withColumns = (request: LinearRequest, change: (value: number, column: number) => number) => ({
  ...request,
  features: {
    ...request.features,
    values: request.features.values.map((value, at) => change(value, at % request.features.columns)),
  },
});

describe('fitting', () => {
  it('ends where the loss and its penalty are flat', () => {
    fc.assert(
      fc.property(problems, (request) => {
        expect(Math.max(...gradient(request).map(Math.abs))).toBeLessThan(1e-6);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same bytes for the same request', () => {
    fc.assert(
      fc.property(problems, (request) => {
        const copy = { ...request, labels: request.labels.slice() };
        expect(canonicalJson(fitLinear(request))).toBe(canonicalJson(fitLinear(copy)));
      }),
    );
  });

  it('gives the same model, to rounding, whatever the order of the rows', () => {
    fc.assert(
      fc.property(problems, (request) => {
        const order = Array.from(request.labels.keys()).reverse();
        const [one, other] = [fitLinear(request), fitLinear(reordered(request, order))];
        expect(largestDifference(expandedWeights(other).flat(), expandedWeights(one).flat())).toBeLessThan(
          1e-6,
        );
      }),
    );
  });

  it('predicts the same when a column comes in another unit', () => {
    fc.assert(
      fc.property(problems, fc.constantFrom(2 ** -20, 1024, -8), (request, unit) => {
        const other = withColumns(request, (value, column) => (column === 1 ? value * unit : value));
        const margins = marginsOf(fitLinear(request), request.features).flat();
        expect(largestDifference(marginsOf(fitLinear(other), other.features).flat(), margins)).toBeLessThan(
          1e-6,
        );
      }),
    );
  });

  it('counts a row of weight 2 as two rows, and one of weight 0 as none', () => {
    fc.assert(
      fc.property(problems, (request) => {
        const whole = { ...request, weights: request.weights?.map(Math.floor) as Float32Array };
        const repeated = Array.from(whole.labels.keys()).flatMap((row) =>
          new Array<number>(whole.weights[row] as number).fill(row),
        );
        const { weights: _, ...rows } = reordered(whole, repeated);
        const alone = { ...rows, features: { ...rows.features, rows: repeated.length } };
        const [one, other] = [fitLinear(whole), fitLinear(alone)];
        expect(largestDifference(expandedWeights(other).flat(), expandedWeights(one).flat())).toBeLessThan(
          1e-6,
        );
      }),
    );
  });

  it('learns from a column far from 0 as from one near it', () => {
    const labels = Float32Array.of(1, 3, 2, 5, 4, 6);
    const marginsFrom = (start: number) => {
      const features = matrix([0, 1, 2, 3, 4, 5].map((value) => [start + value]));
      const model = fitLinear({
        task: 'regression',
        features,
        names: ['x'],
        levels: [undefined],
        labels,
        l2: 1,
      });
      return marginsOf(model, features).flat();
    };
    expect(largestDifference(marginsFrom(16_000_000), marginsFrom(0))).toBeLessThan(1e-12);
  });

  it('is least squares without penalty: the line through four points', () => {
    const features = matrix([[0], [1], [2], [3]]);
    const labels = Float32Array.of(1, 3, 2, 5);
    const model = fitLinear({
      task: 'regression',
      features,
      names: ['x'],
      levels: [undefined],
      labels,
      l2: 0,
    });
    expect(largestDifference(marginsOf(model, features).flat(), [1.1, 2.2, 3.3, 4.4])).toBeLessThan(1e-14);
  });

  it('takes shorter steps where a full step would raise the loss', () => {
    // One row far out, of the other class: the first Newton step from the prior overshoots.
    const x = [-1, -2, -3, -4, -5, -6, -7, -8, 1, 2, 3, 4, 5, 6, 7, 8, 3000];
    const labels = Float32Array.from(x, (value) => Number(value > 0 && value < 3000));
    const request = {
      task: 'binary',
      features: matrix(x.map((v) => [v])),
      names: ['x'],
      levels: [undefined],
    } as const;
    expect(Math.max(...gradient({ ...request, labels, l2: 1e-9 }).map(Math.abs))).toBeLessThan(1e-6);
  });

  it('gives weight 0 to a constant, an empty column and a level that no row has', () => {
    const model = fitLinear({
      task: 'binary',
      features: matrix([0, 1, 0, 1, 1].map((level) => [7, Number.NaN, level])),
      names: ['constant', 'empty', 'level'],
      levels: [undefined, undefined, 3],
      labels: Float32Array.of(0, 1, 1, 1, 0),
      l2: 0.5,
    });
    expect(model.features[0]).toEqual({ name: 'constant', kind: 'number', mean: 7, scale: 1, weights: [0] });
    expect(model.features[1]).toEqual({ name: 'empty', kind: 'number', mean: 0, scale: 1, weights: [0] });
    expect(model.features[2]).toMatchObject({
      shares: [0.4, 0.6, 0],
      levels: [expect.anything(), expect.anything(), [0]],
    });
  });
});
