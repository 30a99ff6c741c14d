import { describe, expect, it } from 'vitest';
import { judge } from '#core/retrain/judge.ts';
import { drift, dropped, judgementOf, wish } from '#test/support/retraining.ts';

const by = (...triggers: Parameters<typeof judge>[0]['triggers']) => ({ triggers });
const change = { ...drift(), kind: 'change' } as const;
const best = '2013-02-01T00:00:00.000Z';

describe('a judgement', () => {
  it('trains on the best window when that is better than the champion beyond doubt', () => {
    expect(judge(by(dropped('7')), judgementOf(0.02, 0.01))).toEqual({
      action: 'train',
      since: best,
      reason:
        "it would help: trained on 90 days the loss is 0.02 smaller than the champion's, at least 0.01, on 700 rows; of the windows tried, 90 days is best",
    });
  });

  it('sees no point in what is better by chance, perhaps, but lets drift and performance wait for more rows', () => {
    const judgement = judgementOf(0.02, 0);
    expect(judge(by(dropped('7')), judgement)).toMatchObject({ action: 'decline' });
    for (const kind of ['drift', 'performance'] as const)
      expect(judge(by(dropped('7'), drift('a', { kind })), judgement)).toEqual({
        action: 'wait',
        since: null,
        reason:
          "waits for newer labelled rows: it would not help beyond doubt: trained on 90 days the loss is 0.02 smaller than the champion's, at least 0, on 700 rows",
      });
  });

  it('sees no point in what is not better, of drift either', () => {
    expect(judge(by(drift()), judgementOf(-0.01, -0.02))).toMatchObject({ action: 'decline' });
    expect(judge(by(drift()), judgementOf(0, -0.02))).toMatchObject({ action: 'decline' });
  });

  it('sees no point without labelled rows that the champion has not seen', () => {
    const judgement = judgementOf(1, 1, { newRows: 0 });
    expect(judge(by(dropped('7')), judgement)).toEqual({
      action: 'decline',
      since: null,
      reason: 'no point: version 3 has seen all labelled rows, the newest is of 2013-04-01T00:00:00.000Z',
    });
    expect(judge(by(drift()), judgement)).toMatchObject({ action: 'wait' });
  });

  it('sees no point, or waits, where there are too few rows to compare on', () => {
    const { backtest: _, ...judgement } = judgementOf(1, 1, { newRows: 12 });
    const reason = 'no point: 12 labelled rows are newer than version 3: too few to compare on';
    expect(judge(by(dropped('7')), judgement)).toMatchObject({ action: 'decline', reason });
    expect(judge(by(drift()), judgement)).toMatchObject({ action: 'wait' });
  });

  it.each([
    ['a first version', by(dropped('7')), { champion: null }, 'there is no champion yet'],
    ['what a person asks for', by(drift(), wish()), {}, 'a person asks for it'],
    ['a changed spec or code', by(drift(), change), {}, 'the deployed spec or code is not the champion’s'],
  ])('trains %s without proof, on the window that the back-test likes best', (_, decision, changes, why) => {
    const judgement = judgementOf(-1, -2, { newRows: 0, ...changes });
    const reason = `${why}; of the windows tried, 90 days is best`;
    expect(judge(decision, judgement)).toEqual({ action: 'train', since: best, reason });
    const { backtest: _none, ...without } = judgement;
    expect(judge(decision, without)).toEqual({ action: 'train', since: null, reason: `${why}; on all rows` });
  });
});
