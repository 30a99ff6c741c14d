import { expect, it } from 'vitest';
import { categoricalProfile, numericProfile } from '#core/drift/profile.ts';
import { driftPage } from '#lib/pages/drift-page.ts';
import { driftReportOf } from '#test/support/drift-reports.ts';

const rowsOf = (page: string) => [...page.matchAll(/<th scope="row">(.*?)<\/th>/g)].map(([, name]) => name);

it('opens with model, version, window, rows and the verdict, then every column in numbers and in a picture', async () => {
  const report = driftReportOf(500);
  const page = await driftPage(report);
  expect(page).toContain('1,000 logged rows from 2026-01-01 00:00 to 2026-01-01 01:00 (UTC)');
  expect(page).toContain('training data of late@2');
  expect(page).toMatch(/<p class="verdict">1 of 3 columns has drifted: km/);
  const km = report.columns.find(({ column }) => column === 'km');
  expect(page).toContain(
    `<th scope="row">km</th><td>${Number(km?.psi?.toPrecision(4))}</td><td>${Number(km?.bound?.toPrecision(4))}</td>` +
      '<td>below 0.0001</td><td><span class="b">drifted</span></td>',
  );
  expect(page).toMatch(/<th scope="row">hour<\/th>.*<td>stable<\/td>/);
  expect(page.match(/<svg /g)).toHaveLength(3);
});

it('puts columns in the order of their drift: drifted ones, then by PSI, those without one last', async () => {
  const [km, hour, city] = driftReportOf(0).columns as never as [object, object, object];
  const columns = [
    { ...km, psi: null, verdict: 'no-rows' },
    { ...hour, psi: 0.9, verdict: 'within-noise' },
    { ...city, psi: 0.3, verdict: 'drifted' },
  ] as never;
  const page = await driftPage(driftReportOf(0, { columns, drifted: ['city'] }));
  expect(rowsOf(page)).toEqual(['city', 'hour', 'km']);
  expect([...page.matchAll(/<figcaption>(\w+)/g)].map(([, name]) => name)).toEqual(['city', 'hour']);
});

it('a column that drifted alone, but not among all, is not called drifted', async () => {
  const columns = driftReportOf(500).columns;
  const page = await driftPage(driftReportOf(500, { columns, drifted: [] }));
  expect(page).toContain('<td>chance, among so many columns</td>');
  expect(page).not.toContain('<span class="b">drifted');
});

it('draws the twelve columns that moved most', async () => {
  const values = Array.from({ length: 300 }, (_, index) => index);
  const baseline = Array.from({ length: 14 }, (_, index) => numericProfile(`c${index}`, [100, 200], values));
  const page = await driftPage(driftReportOf(0, { baseline }));
  expect(page.match(/<svg /g)).toHaveLength(12);
  expect(rowsOf(page)).toHaveLength(14);
});

it('names the columns that it does not compare, and has no such section without them', async () => {
  expect(rowsOf(await driftPage(driftReportOf(0, { sensitive: ['passenger'] })))).toContain('passenger');
  expect(await driftPage(driftReportOf(0))).not.toContain('Not compared');
});

it('asks for nothing from anywhere', async () => {
  const loads = /<script|<link|<img|<iframe|<image|\bsrc=|\bhref=|url\((?!#)|@import/i;
  expect(await driftPage(driftReportOf(500))).not.toMatch(loads);
});

it('names of columns and levels are text, whatever they hold', async () => {
  const hostile = '<script>alert(1)</script>';
  const baseline = [categoricalProfile(hostile, [hostile], [hostile])];
  const page = await driftPage(driftReportOf(0, { baseline, sensitive: [hostile] }));
  expect(page).not.toContain('<script');
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(4);
});
