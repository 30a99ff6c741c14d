import { describe, expect, it } from 'vitest';
import { rowWeights } from '#core/training/class-weights.ts';
import { problemsOf } from '#test/support/problems.ts';

const labels = Float32Array.of(0, 1, 0, 2, 0, 0, 1, 0);

describe('rowWeights', () => {
  it('balanced gives n / (classes x rows of the class), as scikit-learn does', () => {
    // compute_class_weight('balanced', classes=[0, 1, 2], y=labels): 8 / (3 * 5), 8 / (3 * 2), 8 / (3 * 1)
    const [often, seldom, once] = [8 / 15, 8 / 6, 8 / 3].map(Math.fround);
    expect([...rowWeights('balanced', labels, ['a', 'b', 'c'])]).toEqual([
      often,
      seldom,
      often,
      once,
      often,
      often,
      seldom,
      often,
    ]);
  });

  it('balanced gives every class the same total, and all rows together their number', () => {
    const weights = rowWeights('balanced', labels, ['a', 'b', 'c']);
    const totals = [0, 1, 2].map((index) =>
      weights.reduce((sum, weight, row) => sum + (labels[row] === index ? weight : 0), 0),
    );
    for (const total of totals) expect(total).toBeCloseTo(8 / 3, 5);
  });

  it('by name gives each class its own weight; a class without one counts 1', () => {
    expect([...rowWeights({ c: 2.5, a: 0.5 }, labels, ['a', 'b', 'c'])]).toEqual([
      0.5, 1, 0.5, 2.5, 0.5, 0.5, 1, 0.5,
    ]);
    expect([...rowWeights({ true: 4 }, Float32Array.of(0, 1), ['false', 'true'])]).toEqual([1, 4]);
  });

  it('by name takes no weight from what every object has', () => {
    expect([...rowWeights({ b: 3 }, Float32Array.of(0, 1), ['constructor', 'b'])]).toEqual([1, 3]);
  });

  it('refuses the weight of a class that the rows do not have', () => {
    expect(
      problemsOf('InvalidInputError', () => rowWeights({ a: 2, late: 3 }, labels, ['a', 'b', 'c'])),
    ).toEqual([{ field: 'algorithm.classWeights', expected: 'one of a, b, c', got: '"late"' }]);
  });
});
