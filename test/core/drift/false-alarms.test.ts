import { describe, expect, it } from 'vitest';
import { baselineOf, drawWindows, judge } from './simulated-windows.ts';

/** Of seeded windows of 20 columns, those with a column that is reported. */
function reported(windows: number, rows: number, shift = 0) {
  const found = { any: 0, first: 0, drifted: 0 };
  for (const { baseline, windows: drawn } of drawWindows(windows, rows, shift)) {
    const profiles = baselineOf(baseline);
    for (const window of drawn) {
      const { drifted, shifted } = judge(profiles, window);
      if (drifted.length + shifted.length > 0) found.any++;
      if ([...drifted, ...shifted].includes('c0')) found.first++;
      if (drifted.length > 0) found.drifted++;
    }
  }
  return found;
}

describe('a model of 20 columns', () => {
  it.each([
    [200, 100],
    [1000, 100],
    [10_000, 20],
  ])('at %i rows reports a column in at most 5 of 100 windows without drift', (rows, windows) => {
    expect(reported(windows, rows).any / windows).toBeLessThanOrEqual(0.05);
  });

  it('at 1,000 rows finds a shift of one column by 0.3 of its deviation in at least 90 of 100 windows, and calls it no drift', () => {
    const { first, drifted } = reported(100, 1000, 0.3);
    expect(first).toBeGreaterThanOrEqual(90);
    expect(drifted).toBe(0);
  });
});
