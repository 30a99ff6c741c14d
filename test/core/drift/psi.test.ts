import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BinMismatchError } from '#core/drift/errors.ts';
import { psi } from '#core/drift/psi.ts';
import { InvalidInputError } from '#core/errors.ts';
import { expectClose } from '#test/core/fixtures/statistics/statistics.ts';

const twoShares = fc
  .array(fc.tuple(fc.nat(1000), fc.nat(1000)), { minLength: 1, maxLength: 60 })
  .map((rows) => [rows.map(([count]) => count), rows.map(([, count]) => count)] as const)
  .filter((samples) => samples.every((counts) => counts.some((count) => count > 0)))
  .map((samples) => samples.map(shares) as [number[], number[]]);

function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}

describe('population stability index', () => {
  it('of 50/50 against 60/40 is 0.1 ln 1.2 - 0.1 ln 0.8', () => {
    expectClose(psi([0.5, 0.5], [0.6, 0.4]), 0.1 * Math.log(1.2) - 0.1 * Math.log(0.8));
  });

  it('takes an empty bin as the share 0.0001', () => {
    expectClose(psi([1, 0], [0.5, 0.5]), 0.5 * Math.log(2) + 0.4999 * Math.log(5000));
  });

  it('of a sample with itself is 0', () => {
    fc.assert(
      fc.property(twoShares, ([expected]) => {
        expect(psi(expected, expected)).toBe(0);
      }),
    );
  });

  it('is never negative and the same both ways', () => {
    fc.assert(
      fc.property(twoShares, ([expected, actual]) => {
        const value = psi(expected, actual);
        expect(value).toBeGreaterThanOrEqual(0);
        expectClose(psi(actual, expected), value);
      }),
    );
  });

  it('refuses other bins', () => {
    expect(() => psi([0.5, 0.5], [1])).toThrow(BinMismatchError);
    expect(() => psi([0.5, 0.5], [1])).toThrow('bins of actual must be 2 shares, got 1 shares');
  });

  it.each([
    [[Number.NaN, 1], [0, 1], 'expected[0]: expected a share in [0, 1], got NaN'],
    [[0, 1], [0, 17], 'actual[1]: expected a share in [0, 1], got 17'],
    [[0, 1], [-1, 1], 'actual[0]: expected a share in [0, 1], got -1'],
  ])('refuses %j against %j, which are no shares', (expected, actual, message) => {
    expect(() => psi(expected, actual)).toThrow(InvalidInputError);
    expect(() => psi(expected, actual)).toThrow(message);
  });
});
