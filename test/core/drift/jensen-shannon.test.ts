import { describe, expect, it } from 'vitest';
import { jensenShannonDistance } from '#core/drift/jensen-shannon.ts';
import { expectClose } from '#test/core/fixtures/statistics/statistics.ts';

describe('Jensen-Shannon distance', () => {
  // TensorFlow Data Validation, metrics_util_test.cc: its JensenShannonDivergence is the square of the distance
  it.each([
    [[0.5, 0.5, 0, 0], [0, 0.25, 0.25, 0.5], 0.65563906222],
    [[0.25, 0.75], [0, 1], 0.13792538096],
  ])('of %j against %j, squared, is what TFDV says', (expected, actual, divergence) => {
    expect(jensenShannonDistance(expected, actual) ** 2).toBeCloseTo(divergence, 10);
  });

  // scipy 1.17.1: spatial.distance.jensenshannon([.5, .3, .2], [.4, .4, .2], base=2)
  it('is scipy’s', () => {
    expectClose(jensenShannonDistance([0.5, 0.3, 0.2], [0.4, 0.4, 0.2]), 0.09584323377689244);
  });

  it('is 0 between equal shares, 1 where nothing is common, the same both ways', () => {
    expect(jensenShannonDistance([0.1, 0.2, 0.7], [0.1, 0.2, 0.7])).toBe(0);
    expect(jensenShannonDistance([1, 0], [0, 1])).toBe(1);
    expectClose(jensenShannonDistance([0.3, 0.7], [1, 0]), jensenShannonDistance([1, 0], [0.3, 0.7]));
  });
});
