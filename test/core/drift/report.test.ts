import { expect, it } from 'vitest';
import { sharesOf } from '#core/drift/profile.ts';
import { inputDriftOf, tripBaseline } from '#test/support/window-reports.ts';

it('a report has each column’s window beside the shares of the baseline', () => {
  const { columns, profiles } = inputDriftOf({ further: 500 });
  expect(profiles.map(({ window }) => window.column)).toEqual(columns.map(({ column }) => column));
  expect(profiles.map(({ baseline }) => baseline)).toEqual(
    tripBaseline.map((profile) => ({ rows: 1000, shares: sharesOf(profile) })),
  );
  // 500 km further: the lower half of the deciles is empty, and half of the trips are beyond the last.
  expect(profiles[0]?.window.counts.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(profiles[0]?.window.counts.at(-1)).toBe(600);
});

it('a report holds no values of the window: of few rows, its sketch would be the rows', () => {
  const { columns, profiles } = inputDriftOf({ further: 500 });
  expect(profiles.filter(({ window }) => 'sketch' in window || 'spread' in window)).toEqual([]);
  expect(columns[0]?.wasserstein).toBeGreaterThan(0);
});
