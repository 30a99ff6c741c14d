import { describe, expect, it } from 'vitest';
import { sharesOf } from '#core/drift/profile.ts';
import { driftVerdict } from '#core/drift/report.ts';
import { driftReportOf, tripBaseline } from '#test/support/drift-reports.ts';

it('a report has each column’s window beside the shares of the baseline', () => {
  const { columns, profiles } = driftReportOf(500);
  expect(profiles.map(({ window }) => window.column)).toEqual(columns.map(({ column }) => column));
  expect(profiles.map(({ baseline }) => baseline)).toEqual(
    tripBaseline.map((profile) => ({ rows: 1000, shares: sharesOf(profile) })),
  );
  // 500 km further: the lower half of the deciles is empty, and half of the trips are beyond the last.
  expect(profiles[0]?.window.counts.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
  expect(profiles[0]?.window.counts.at(-1)).toBe(600);
});

it('a report holds no values of the window: of few rows, its sketch would be the rows', () => {
  expect(
    driftReportOf(500).profiles.filter(({ window }) => 'sketch' in window || 'spread' in window),
  ).toEqual([]);
  expect(driftReportOf(500).columns[0]?.wasserstein).toBeGreaterThan(0);
});

describe('the sentence of a report', () => {
  it('names the columns that drifted', () => {
    expect(driftVerdict(driftReportOf(500))).toMatch(/^1 of 3 columns has drifted: km \(PSI \d\.\d\d\)\.$/);
    const columns = ['a', 'b', 'c', 'd', 'e'].map((column, index) => ({
      ...(driftReportOf(0).columns[0] as object),
      column,
      psi: 1 - index / 10,
    })) as never;
    const said = (...drifted: string[]) => driftVerdict(driftReportOf(0, { columns, drifted }));
    expect(said('a', 'b')).toBe('2 of 5 columns have drifted: a (PSI 1) and b (PSI 0.9).');
    expect(said('a', 'b', 'c', 'd')).toBe(
      '4 of 5 columns have drifted: a (PSI 1), b (PSI 0.9), c (PSI 0.8) and 1 other.',
    );
  });

  it('names those that shifted below the threshold apart', () => {
    const { columns } = driftReportOf(0);
    const name = columns[0]?.column as string;
    const shifted = driftVerdict(driftReportOf(0, { shifted: [name] }));
    expect(shifted).toMatch(/^No column has drifted: /);
    expect(shifted).toContain(` Below that, 1 of 3 columns has shifted: ${name} (PSI 0).`);
    expect(driftVerdict(driftReportOf(500, { shifted: ['x'] }))).toContain('has drifted: km');
  });

  it('says when none did, and what it would take', () => {
    expect(driftVerdict(driftReportOf(0, { threshold: 0.25 }))).toBe(
      'No column has drifted: none has a PSI of 0.25 or more that sampling noise does not explain.',
    );
  });

  it('judges nothing by too few rows, however odd they are', () => {
    expect(driftVerdict(driftReportOf(500, { rows: 20 }))).toBe(
      '20 rows cannot be judged: a window needs at least 200.',
    );
    expect(driftVerdict(driftReportOf(0, { rows: 1, minRows: 2 }))).toMatch(/^1 row cannot/);
  });
});
