import fc from 'fast-check';
import type { LinearModel, LinearRequest } from '#core/linear/index.ts';
import { matrix } from '#test/fixtures/linear/linear.ts';

/** Mixed columns with missing values, of every task, with all classes present. */
export const problems: fc.Arbitrary<LinearRequest> = fc
  .record({
    task: fc.constantFrom('regression', 'binary', 'multiclass'),
    rows: fc.array(
      fc.record({
        near: fc.integer({ min: -50, max: 50 }).map((value) => value / 10),
        far: fc.option(fc.integer({ min: 990, max: 1010 }), { nil: Number.NaN }),
        level: fc.option(fc.integer({ min: 0, max: 3 }), { nil: Number.NaN }),
        label: fc.integer({ min: 0, max: 2 }),
        weight: fc.integer({ min: 0, max: 6 }).map((value) => value / 2),
      }),
      { minLength: 1, maxLength: 30 },
    ),
    l2: fc.constantFrom(0.01, 0.3, 1, 20),
  })
  .map(({ task, rows: drawn, l2 }) => {
    const everyClass = [0, 1, 2].map((label) => ({ near: label, far: 1000, level: 1, label, weight: 1 }));
    const rows = [...everyClass, ...drawn];
    return {
      task: task as LinearRequest['task'],
      ...(task === 'multiclass' && { classes: 3 }),
      features: matrix(rows.map(({ near, far, level }) => [near, far, level])),
      names: ['near', 'far', 'level'],
      levels: [undefined, undefined, 4],
      labels: Float32Array.from(rows, ({ label }) => (task === 'binary' ? Number(label > 0) : label)),
      weights: Float32Array.from(rows, ({ weight }) => weight),
      l2,
    };
  });

/**
 * The columns that the model's type documents, with the weights of each output, in float64.
 * The first is the intercept's: a 1 in every row.
 */
export function expand(
  model: LinearModel,
  { rows, columns, values }: LinearRequest['features'],
): { x: number[][]; weights: number[][] } {
  const of = (row: number, column: number) => values[row * columns + column] as number;
  const all = Array.from({ length: rows }, (_, row) => row);
  const expanded = [{ values: all.map(() => 1), weights: model.intercept }];
  for (const [column, feature] of model.features.entries()) {
    if (feature.kind === 'number') {
      const { mean, scale, weights } = feature;
      const standardised = all.map((row) => (of(row, column) - mean) / scale);
      expanded.push({ values: standardised.map((value) => (Number.isNaN(value) ? 0 : value)), weights });
    } else {
      for (const [level, weights] of feature.levels.entries()) {
        expanded.push({ values: all.map((row) => Number(of(row, column) === level)), weights });
      }
    }
    if (!feature.missing) continue;
    const { weights } = feature.missing;
    expanded.push({ values: all.map((row) => Number(Number.isNaN(of(row, column)))), weights });
  }
  return {
    x: all.map((row) => expanded.map((column) => column.values[row] as number)),
    weights: model.intercept.map((_, output) => expanded.map((column) => column.weights[output] as number)),
  };
}

/** Rows x outputs, in float64. */
export function marginsOf(model: LinearModel, features: LinearRequest['features']): number[][] {
  const { x, weights } = expand(model, features);
  return x.map((row) =>
    weights.map((own) => row.reduce((sum, value, at) => sum + value * (own[at] as number), 0)),
  );
}

export function largestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.NaN;
  return Array.from(got).reduce((most, value, at) => {
    const other = expected[at] as number;
    return Math.max(most, Math.abs(value - other) / Math.max(1, Math.abs(other)));
  }, 0);
}
