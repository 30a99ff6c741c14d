import { describe, expect, it } from 'vitest';
import { replayPage } from '#lib/pages/replay-page.ts';
import { reportOf } from '#test/support/replay-reports.ts';

const headings = (page: string) => [...page.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, text]) => text);
const truth = {
  rows: 500,
  right: { before: 0.7, after: 0.75 },
  metrics: [{ metric: 'logLoss', before: 0.5, after: 0.45, difference: -0.05, bound: -0.01 }],
};

describe.each(['binary', 'regression', 'multiclass'] as const)('the page of a replayed %s model', (task) => {
  it('opens with the verdict, and shows two pictures and the numbers', async () => {
    const report = reportOf(task, 0.4, { truth });
    const page = await replayPage(report);
    expect(page).toContain(`<p class="verdict">${report.verdict[0]?.replaceAll("'", '&#39;')}`);
    expect(headings(page)).toEqual([
      'Then and now',
      'In numbers',
      'By who answered then',
      'Against what happened',
      'What could not be read',
    ]);
    expect(page.match(/<svg /g)).toHaveLength(2);
    expect(page).toContain('var(--b)');
    expect(page).toMatch(/<th scope="row">logLoss<\/th><td>0\.5<\/td><td>0\.45<\/td><td>-0\.05<\/td>/);
  });

  it('asks for nothing from anywhere', async () => {
    const loads = /<script|<link|<img|<iframe|<image|\bsrc=|\bhref=|url\((?!#)|@import/i;
    expect(await replayPage(reportOf(task))).not.toMatch(loads);
  });
});

it('a replay that could score nothing has a page without pictures', async () => {
  const page = await replayPage(reportOf('binary', 0.4, { change: null, scored: 0 }));
  expect(page).toContain('late@2 can score none of');
  expect(page).not.toContain('<svg');
});

it('names of columns and reasons are text, whatever they hold', async () => {
  const hostile = '<script>alert(1)</script>';
  const refused = { rows: 1, absent: { [hostile]: 1 }, unfit: {} };
  const page = await replayPage(reportOf('binary', 0.4, { reason: hostile, refused }));
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;script&gt;');
});
