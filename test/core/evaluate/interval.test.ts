import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Estimate, meanEstimate, wilson } from '#core/evaluate/interval.ts';
import { expectClose, oracle } from '#test/core/fixtures/statistics/statistics.ts';

describe('Wilson interval', () => {
  it.each(oracle.wilson)('of %d in %d equals scipy: %d to %d', (hits, trials, low, high) => {
    const estimate = wilson(hits, trials, 0.95);
    expectClose(estimate.low, low);
    expectClose(estimate.high, high);
  });

  it('equals the example of Newcombe 1998: 81 of 263 is 0.2553 to 0.3662', () => {
    const { low, high } = wilson(81, 263, 0.95);
    expect([low?.toFixed(4), high?.toFixed(4)]).toEqual(['0.2553', '0.3662']);
  });

  it('holds the share and stays inside [0, 1]', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (trials, share) => {
          const { value, low, high } = wilson(Math.floor(trials * share), trials, 0.99) as {
            [End in keyof Estimate]: number;
          };
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(value);
          expect(high).toBeGreaterThanOrEqual(value);
          expect(high).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it('without trials is undefined, not NaN', () => {
    expect(wilson(0, 0, 0.95)).toEqual({ value: null, low: null, high: null });
  });
});

describe('mean interval', () => {
  it('loses no digits over a million rows', () => {
    const { value } = meanEstimate(new Float64Array(1_000_000).fill(0.1), 0.95, [0, 1]);
    expect(value).toBe(0.1);
  });

  it('of one row has no interval', () => {
    expect(meanEstimate(Float64Array.of(0.3), 0.95, [0, 1])).toEqual({ value: 0.3, low: null, high: null });
  });

  it('stays within what the loss can be', () => {
    expect(meanEstimate(Float64Array.of(0, 1), 0.95, [0, 1])).toEqual({ value: 0.5, low: 0, high: 1 });
  });
});
