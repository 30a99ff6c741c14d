import { describe, expect, it } from 'vitest';
import { allocateFloats, allocateMatrix, isBetter, rowRange } from '#ports/trainer.ts';

describe('an allocated matrix', () => {
  it('holds zeros in memory that another thread reads and writes in place', () => {
    const matrix = allocateMatrix(3, 2);
    expect(matrix).toEqual({ rows: 3, columns: 2, values: new Float32Array(6) });
    const elsewhere = structuredClone({ matrix, labels: allocateFloats(3) }); // as a worker gets it
    elsewhere.matrix.values[5] = 7;
    expect(matrix.values[5]).toBe(7);
    expect(elsewhere.labels).toEqual(new Float32Array(3));
  });

  it('gives its rows in one stretch without a copy', () => {
    const matrix = allocateMatrix(4, 2);
    matrix.values.set([0, 1, 2, 3, 4, 5, 6, 7]);
    const middle = rowRange(matrix, 1, 3);
    expect(middle).toEqual({ rows: 2, columns: 2, values: Float32Array.of(2, 3, 4, 5) });
    expect(middle.values.buffer).toBe(matrix.values.buffer);
  });
});

describe('a metric', () => {
  it.each(['auc', 'aucpr'] as const)('%s is better when higher', (metric) => {
    expect([isBetter(metric, 0.7, 0.6), isBetter(metric, 0.6, 0.7)]).toEqual([true, false]);
  });

  it.each([
    'logloss',
    'mlogloss',
    'merror',
    'rmse',
    'mae',
    'quantile',
    'poisson-nloglik',
    'tweedie-nloglik',
  ] as const)('%s is better when lower', (metric) => {
    expect([isBetter(metric, 0.6, 0.7), isBetter(metric, 0.7, 0.6)]).toEqual([true, false]);
  });

  it('is no better when equal', () => {
    expect([isBetter('auc', 0.5, 0.5), isBetter('mae', 0.5, 0.5)]).toEqual([false, false]);
  });
});
