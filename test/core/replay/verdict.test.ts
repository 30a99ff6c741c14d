import { describe, expect, it } from 'vitest';
import { compareAnswers } from '#core/replay/compare-answers.ts';
import type { ReplayReport } from '#core/replay/report.ts';
import { replayVerdict } from '#core/replay/verdict.ts';
import type { Prediction } from '#core/serve/answer.ts';

const binary = (probability: number): Prediction => ({
  probability,
  margin: 0,
  positive: probability >= 0.5,
});
const change = compareAnswers('binary', [0.2, 0.4, 0.6, 0.8].map(binary), [0.2, 0.6, 0.6, 0.3].map(binary));

const report = (changes: Partial<ReplayReport> = {}): ReplayReport => ({
  format: 1,
  replayId: 'r',
  model: 'm',
  version: 2,
  from: '2026-01-01T00:00:00.000Z',
  to: '2026-01-01T02:00:00.000Z',
  by: 'ada',
  reason: '',
  rows: 4,
  scored: 4,
  refused: { rows: 0, absent: {}, unfit: {} },
  unread: { hidden: {}, absent: {} },
  answered: [{ version: 1, rows: 4, changed: 2 }],
  change,
  champion: null,
  truth: null,
  verdict: [],
  ...changes,
});

describe('what a replay found, in sentences', () => {
  it('says how many would be decided otherwise, which way, and how far numbers move', () => {
    expect(replayVerdict(report()).slice(0, 2)).toEqual([
      'm@2 decides 2 of 4 rows (50 %) otherwise: 1 from negative to positive, 1 from positive to negative.',
      'The mean probability goes from 0.5 to 0.425; nine in ten rows by -0.425 to +0.17.',
    ]);
  });

  it('says when nothing would change', () => {
    const same = compareAnswers('binary', [binary(0.1)], [binary(0.1)]);
    const champion = { version: 1, change: same };
    expect(replayVerdict(report({ rows: 1, scored: 1, change: same, champion }))).toEqual([
      'm@2 gives the same answers to all of 1 row, to the bit.',
      'The champion of today, m@1, gives the same answers as m@2.',
    ]);
  });

  it('tells moved probabilities that turn no decision', () => {
    const moved = compareAnswers('binary', [binary(0.1)], [binary(0.2)]);
    const [first] = replayVerdict(report({ rows: 1, scored: 1, change: moved }));
    expect(first).toBe('m@2 decides all of 1 row as they were decided.');
  });

  it('tells labels and values in their own words', () => {
    const labelled = (label: string) => ({ label, probabilities: { a: 0, b: 0, [label]: 1 } });
    const labels = compareAnswers('multiclass', ['a', 'a'].map(labelled), ['a', 'b'].map(labelled));
    expect(replayVerdict(report({ change: labels }))[0]).toBe('m@2 gives 1 of 2 rows (50 %) another label.');
    const values = compareAnswers('regression', [{ value: 0 }, { value: 2 }], [{ value: 0 }, { value: 5 }]);
    const champion = { version: 1, change: values };
    const sentences = replayVerdict(report({ change: values, champion }));
    expect(sentences[0]).toBe(
      'm@2 moves 1 of 2 rows (50 %) by more than 1, one standard deviation of what was answered.',
    );
    expect(sentences.at(-1)).toBe('Against the champion of today, m@1, 50 % of the rows have another value.');
  });

  it('names the columns for which rows could not be scored or read', () => {
    const refused = { rows: 3, absent: { wind: 2 }, unfit: { km: 1 } };
    const unread = { hidden: { name: 1 }, absent: { gust: 1 } };
    expect(replayVerdict(report({ scored: 1, refused, unread })).slice(-2)).toEqual([
      'm@2 cannot score 3 of 4 rows (75 %): wind is not in the log (2 rows); km holds what it does not take (1 row).',
      'Read as missing: name is hidden in the log (1 row); gust is not in the log (1 row).',
    ]);
  });

  it('says when no row could be scored', () => {
    const refused = { rows: 4, absent: { wind: 4 }, unfit: {} };
    expect(replayVerdict(report({ scored: 0, change: null, refused }))[0]).toBe(
      'm@2 can score none of 4 rows in the log.',
    );
  });
});
