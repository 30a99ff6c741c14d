import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile, twoSidedZ } from '#core/evaluate/normal.ts';
import { expectClose, oracle } from '#test/core/fixtures/statistics/statistics.ts';
import { oracle as search } from '#test/fixtures/search/optuna.ts';

describe('normal quantile', () => {
  it.each(oracle.normalQuantiles)('at %d equals scipy: %d', (probability, z) => {
    expectClose(normalQuantile(probability), z);
  });

  it('of 97.5 % is the 1.959964 of every textbook', () => {
    expect(twoSidedZ(0.95)).toBeCloseTo(1.959963984540054, 14);
  });
});

describe('normal probability', () => {
  it.each(search.normalCdf)('up to %d equals scipy: %d', (z, probability) => {
    expect(Math.abs(normalCdf(z) - probability)).toBeLessThan(2e-15);
  });
});
