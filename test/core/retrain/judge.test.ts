import { describe, expect, it } from 'vitest';
import { type JudgedFigures, judgeRetraining } from '#core/retrain/judge.ts';
import type { Backtest, BacktestCandidate, Judgement, TriggerKind } from '#core/retrain/records.ts';

const since = '2013-02-01T00:00:00.000Z';
const sentence =
  'learned from the rows since 2013-01-20T00:00:00.000Z (90 days), log loss is 0.48 against 0.5 of version 3 on 700 labelled rows of 2013-04-21T00:00:00Z to 2013-04-30T23:00:00Z';

function candidate(gain: number, gainAtLeast: number): BacktestCandidate {
  const window = { window: '90 days', since: '2013-01-20T00:00:00.000Z' };
  return { ...window, rows: 9000, loss: 0.5 - gain, score: 0.7, gain, gainAtLeast };
}

function backtest(gain: number, gainAtLeast: number): Backtest {
  return {
    loss: 'logLoss',
    from: '2013-04-21T00:00:00Z',
    to: '2013-04-30T23:00:00Z',
    rows: 700,
    championLoss: 0.5,
    championScore: 0.65,
    candidates: [{ ...candidate(-1, -2), window: 'all', since: null }, candidate(gain, gainAtLeast)],
    best: '90 days',
  };
}

/** What becomes of newer rows without a back-test, unless it is told otherwise. */
function judged(
  kinds: readonly TriggerKind[],
  judgement: Partial<Judgement> = {},
  changes: Partial<JudgedFigures> = {},
) {
  return judgeRetraining({
    triggers: kinds,
    task: 'binary',
    labelledRows: 10_000,
    minRows: 1000,
    changed: [],
    bestSince: since,
    untried: null,
    incomparable: null,
    ...changes,
    judgement: {
      champion: 3,
      seenUntil: '2013-04-01T00:00:00.000Z',
      labelledUntil: '2013-04-30T23:00:00.000Z',
      newRows: 2000,
      ...judgement,
    },
  });
}

describe('a gain', () => {
  it('that is sure trains on the best window, with its figures', () => {
    for (const kind of ['new-data', 'schedule', 'drift', 'performance', 'person'] as const)
      expect(judged([kind], { backtest: backtest(0.02, 0.01) })).toEqual({
        action: 'train',
        since,
        reason: `${sentence}: better by 0.02, at least 0.01 (95 %), AUC 0.7 against 0.65`,
      });
  });

  it.each([
    [0.02, 0],
    [0.02, -0.01],
    [-0.02, -0.03],
    [0, 0],
  ])('of %d, at least %d, is not sure: it would not help', (gain, gainAtLeast) => {
    const { action, since, reason } = judged(['drift'], { backtest: backtest(gain, gainAtLeast) });
    expect({ action, since }).toEqual({ action: 'decline', since: null });
    expect(reason).toMatch(/^would not help: learned from the rows since /);
    expect(reason).toContain(`better by ${gain}, at least ${gainAtLeast} (95 %)`);
  });

  it('that is not sure holds nobody back who asked for it, nor a changed spec', () => {
    const unsure = { backtest: backtest(-0.02, -0.03) };
    expect(judged(['person'], unsure)).toMatchObject({
      action: 'train',
      since,
      reason: expect.stringMatching(/^a person asked for it; not sure to help: learned from/),
    });
    expect(judged(['schedule', 'change'], unsure, { changed: ['features', 'code'] })).toMatchObject({
      action: 'train',
      reason: expect.stringMatching(
        /^the champion was made by another features, code than is deployed; not sure/,
      ),
    });
    expect(judged(['schedule'], unsure, { changed: ['features'] }).action).toBe('decline');
    expect(judged(['change'], unsure).action).toBe('decline');
  });

  it('is told in the words of the task, without a score where there is none', () => {
    const { candidates, ...compared } = backtest(0.02, 0.01);
    const squared = { ...compared, loss: 'squaredError', championScore: null, candidates } as const;
    const { reason } = judged(['schedule'], { backtest: squared }, { task: 'regression' });
    expect(reason).toMatch(/squared error is 0\.48 against 0\.5 .*\(95 %\)$/);
  });
});

describe('too few newer labelled rows', () => {
  it('are no point', () => {
    expect(judged(['new-data', 'schedule'], { newRows: 1 })).toEqual({
      action: 'decline',
      since: null,
      reason:
        'no point: 1 labelled row newer than those that version 3 saw, up to 2013-04-01T00:00:00.000Z; at least 200 are needed to tell whether it would help',
    });
  });

  it('let drift and lost performance wait for more', () => {
    for (const kind of ['drift', 'performance'] as const)
      expect(judged(['schedule', kind], { newRows: 199 })).toMatchObject({ action: 'wait', since: null });
  });

  it('are enough for a person, and for what learns otherwise than the champion did', () => {
    const train = { action: 'train', since: null };
    expect(judged(['person'], { newRows: 0 })).toMatchObject(train);
    expect(judged(['schedule'], { newRows: 0 }, { changed: ['label'] })).toMatchObject({
      ...train,
      reason: expect.stringMatching(
        /^the champion was made by another label than is deployed; 0 labelled rows newer/,
      ),
    });
    expect(judged(['change'], { newRows: 0 }, { changed: ['code'] })).toMatchObject(train);
    expect(judged(['change'], { newRows: 0 })).toMatchObject({ action: 'decline' });
  });
});

describe('what cannot be compared', () => {
  const untried = 'all: expected both labels among the test rows';

  it('is not trained on, and says why', () => {
    const reason = `cannot be judged on the 2000 labelled rows newer than those that version 3 saw, up to 2013-04-01T00:00:00.000Z: ${untried}`;
    expect(judged(['new-data'], {}, { untried })).toEqual({ action: 'decline', since: null, reason });
    expect(judged(['drift'], {}, { untried })).toMatchObject({ action: 'wait', reason });
  });

  it('because the spec changed is trained on all rows', () => {
    const incomparable = 'the champion needs mm, which the spec no longer has';
    expect(judged(['schedule'], {}, { changed: ['join'], untried: '', incomparable })).toEqual({
      action: 'train',
      since: null,
      reason: `the champion was made by another join than is deployed; ${incomparable}`,
    });
    expect(judged(['schedule'], {}, { changed: ['join'], untried }).action).toBe('decline');
  });

  it('is trained on all rows where it is wanted anyway', () => {
    expect(judged(['person'], {}, { untried })).toEqual({
      action: 'train',
      since: null,
      reason: `a person asked for it; ${untried}`,
    });
  });
});

describe('without a champion', () => {
  const none = { champion: null, seenUntil: null, newRows: 10_000 };

  it('all rows are trained on', () => {
    expect(judged(['new-data'], none)).toEqual({
      action: 'train',
      since: null,
      reason: 'there is no champion: trains on 10000 labelled rows',
    });
  });

  it('nothing is trained on fewer rows than the spec asks for, whoever asks', () => {
    expect(judged(['person'], none, { labelledRows: 999 })).toEqual({
      action: 'decline',
      since: null,
      reason: 'no point: 999 labelled rows to learn from, the spec trains on at least 1000',
    });
    expect(judged(['person'], none, { labelledRows: 1000 }).action).toBe('train');
  });
});
