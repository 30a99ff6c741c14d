import { expect, it } from 'vitest';
import { yearOf } from '#local/story/year/figures.ts';
import { yearPage } from '#local/story/year/year-page.ts';
import { APRIL, MAY } from './a-year.ts';

it('is one page that asks for nothing: the lines, the months, the alarms and the decisions', async () => {
  const text = await yearPage(yearOf([APRIL, MAY]));
  expect(text).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)|<link|<img/);
  expect(text).toMatch(/<svg [\s\S]*2013-04[\s\S]*version 2[\s\S]*<\/svg>/);
  expect(text).toContain('closed loop 0.710, never retrained 0.690, retrained every month 0.715');
  expect(text).toContain('PSI 3.50 from 2013-04-04 to 2013-04-11: temp, dewp');
  expect(text).toContain('no point: &lt;nothing&gt; newer');
});

it('marks where the loop put a new version in front, and nowhere else', async () => {
  const marks = async (months: Parameters<typeof yearOf>[0]) =>
    (await yearPage(yearOf(months))).match(/<text[^>]*>version \d+<\/text>/g)?.length ?? 0;
  expect(await marks([APRIL, MAY])).toBe(1);
  const refused = MAY.decisions.map((decision) => ({ ...decision, status: 'refused' as const }));
  expect(await marks([APRIL, { ...MAY, decisions: refused }])).toBe(0);
  const first = MAY.decisions.map((decision) => ({ ...decision, trained: false }));
  expect(await marks([APRIL, { ...MAY, decisions: first }])).toBe(0);
});
