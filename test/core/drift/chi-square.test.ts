import { describe, expect, it } from 'vitest';
import { chiSquareCdf, chiSquareQuantile } from '#core/drift/chi-square.ts';
import { expectClose, oracle } from '#test/core/fixtures/statistics/statistics.ts';

describe('chi-square distribution', () => {
  it.each(oracle.chiSquare)('at %d with %i degrees equals scipy: %d', (x, degrees, probability) => {
    expectClose(chiSquareCdf(x, degrees), probability);
  });

  it.each(oracle.chiSquareQuantiles)(
    'quantile %d with %i degrees equals scipy: %d',
    (probability, degrees, x) => {
      expectClose(chiSquareQuantile(probability, degrees), x);
    },
  );

  it('is 0 at 0 and 1 far out, never NaN', () => {
    expect([chiSquareCdf(0, 3), chiSquareCdf(1e9, 3), chiSquareCdf(1e-9, 400)]).toEqual([0, 1, 0]);
  });

  // scipy 1.17.1: stats.chi2.sf(x, degrees) is below 1e-150 for each.
  it('is 1 wherever the chance of more is nothing, also where its terms are next to nothing', () => {
    for (let degrees = 1; degrees <= 60; degrees++)
      for (let x = 1000; x < 2000; x += 0.5) {
        if (chiSquareCdf(x, degrees) < 1 - 1e-12) expect.fail(`${x} with ${degrees} degrees`);
      }
  });
});
