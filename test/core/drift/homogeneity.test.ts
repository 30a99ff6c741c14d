import { describe, expect, it } from 'vitest';
import { homogeneity } from '#core/drift/homogeneity.ts';
import { expectClose } from '#test/core/fixtures/statistics/statistics.ts';

describe('chi-square test of homogeneity', () => {
  // scipy 1.17.1: stats.chi2_contingency([before, after], correction=False)
  it.each([
    [[16, 18, 16, 14, 12, 12], [16, 16, 16, 16, 16, 8], 1.6224089635854342, 5, 0.8985262394026607],
    [[500, 300, 200], [40, 30, 0], 18.167869167869167, 2, 0.0001134742539823029],
  ])('of %j against %j equals scipy’s, without Yates’ correction', (before, after, statistic, degrees, p) => {
    const got = homogeneity(before, after);
    expectClose(got?.statistic as number, statistic);
    expect(got?.degrees).toBe(degrees);
    expectClose(got?.pValue as number, p);
  });

  // scipy 1.17.1: stats.chisquare([16, 16, 16, 16, 16, 8], [16, 18, 16, 14, 12, 12]).pvalue = 0.67309
  it('against a baseline of very many rows is the test of its shares', () => {
    const baseline = [16, 18, 16, 14, 12, 12].map((count) => count * 1e9);
    expect(homogeneity(baseline, [16, 16, 16, 16, 16, 8])?.pValue).toBeCloseTo(0.67309, 5);
  });

  it('leaves out bins that no row is in, and has nothing to find in a single one', () => {
    expect(homogeneity([5, 0, 9], [7, 0, 8])).toEqual(homogeneity([5, 9], [7, 8]));
    expect(homogeneity([0, 9], [0, 8])).toEqual({ statistic: 0, degrees: 0, pValue: 1 });
  });

  it('of a side without a row is unknown', () => {
    expect([homogeneity([0, 0], [1, 2]), homogeneity([1, 2], [0, 0])]).toEqual([null, null]);
  });
});
