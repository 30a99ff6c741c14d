import { describe, expect, it } from 'vitest';
import type { Decision } from '#core/retrain/records.ts';
import { retrain } from '#lib/commands/retrain.ts';
import { why } from '#lib/commands/why.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const at = (day: number) => `2013-05-0${day}T00:00:00.000Z`;

const declined: Decision = {
  model: 'late',
  number: 1,
  status: 'declined',
  reason: 'no point: version 1 has seen all labelled rows',
  triggers: [
    { id: 'a', kind: 'new-data', at: at(1), by: 'leeboard', reason: 'flights@4 came' },
    { id: 'b', kind: 'new-data', at: at(1), by: 'leeboard', reason: 'flights@5 came' },
    { id: 'c', kind: 'schedule', at: at(1), by: 'leeboard', reason: 'every 7 days' },
  ],
  more: 2,
  steps: [{ at: at(1), status: 'declined', reason: 'no point: version 1 has seen all labelled rows' }],
};

const promoted: Decision = {
  model: 'late',
  number: 2,
  status: 'promoted',
  reason: 'version 2 is champion',
  version: 2,
  triggers: [{ id: 'person:x', kind: 'person', at: at(2), by: 'anna\u001b[31m', reason: 'new hub' }],
  steps: [
    { at: at(2), status: 'judging', reason: 'new hub' },
    { at: at(3), status: 'training', reason: 'it would help' },
    { at: at(4), status: 'promoted', reason: 'version 2 is champion' },
  ],
  judgement: {
    champion: 1,
    seenUntil: '2013-03-31T23:00:00.000Z',
    labelledUntil: '2013-04-30T23:00:00.000Z',
    newRows: 27_000,
    backtest: {
      loss: 'logLoss',
      from: '2013-04-22T00:00:00.000Z',
      to: '2013-04-30T23:00:00.000Z',
      rows: 8000,
      championLoss: 0.59,
      championScore: 0.65,
      best: 'all',
      candidates: [
        {
          ...{ window: 'all', since: null, rows: 90_000, loss: 0.57 },
          ...{ score: 0.69, gain: 0.02, gainAtLeast: 0.015 },
        },
      ],
    },
  },
};

const clientOf = (...answers: Decision[][]) => ({
  outputs,
  decisions: async () => (answers.length > 1 ? answers.shift() : answers[0]) as Decision[],
  retrain: async () => ({ id: 'person:x' }),
});

describe('why', () => {
  it('lists decisions, also those not to act, with their causes counted and their reasons', async () => {
    const { print, text } = captured();
    expect(await why(clientOf([promoted, declined]), { model: 'late' }, print)).toBe(0);
    expect(text()).toMatch(
      /1\s+2013-05-01 00:00:00\s+declined\s+-\s+new-data x 2, schedule, 2 more\s+no point/,
    );
    expect(text()).toMatch(/2\s+2013-05-04 00:00:00\s+promoted\s+2\s+person\s+version 2 is champion/);
  });

  it('shows one whole: who asked, what happened when, and the figures it was judged by', async () => {
    const { print, text } = captured();
    await why(clientOf([promoted, declined]), { model: 'late', decision: '2' }, print);
    expect(text()).toContain('labelled rows to 2013-03-31 23:00:00');
    expect(text()).toMatch(/champion\s+-\s+0\.5900\s+0\.6500/);
    expect(text()).toMatch(/all\s+90,000\s+0\.5700\s+0\.6900\s+0\.0200\s+0\.0150/);
    expect(text()).toMatch(/2013-05-03 00:00:00\s+training\s+it would help/);
    expect(text(), 'nothing of others reaches the terminal').not.toContain('\u001b[31m');
  });

  it('says which decisions there are when asked for another', async () => {
    const { print } = captured();
    const other = why(clientOf([promoted, declined]), { model: 'late', decision: '9' }, print);
    await expect(other).rejects.toThrow('expected the number of a decision about late (1 to 2), got 9');
    await expect(why(clientOf([]), { model: 'nobody' }, print)).rejects.toThrow('nobody');
  });

  it('says so when nothing was decided yet', async () => {
    const { print, text } = captured();
    await why(clientOf([]), { model: 'late' }, print);
    expect(text()).toContain('Nothing was decided about training late again.');
  });
});

describe('retrain', () => {
  const judging: Decision = { ...promoted, status: 'judging', reason: 'new hub' };

  it('waits until what it asked for is decided and done, and tells each step once', async () => {
    const { print, text } = captured();
    const client = clientOf([declined], [judging, declined], [judging, declined], [promoted, declined]);
    expect(await retrain(client, { model: 'late', everyMs: 1 }, print)).toBe(0);
    expect(text().match(/decision 2 judging: new hub/g)).toHaveLength(1);
    expect(text()).toMatch(/outcome\s+promoted, late@2/);
  });

  it('exits as a refusal does when nothing better came of it', async () => {
    const { print } = captured();
    const refused: Decision = { ...promoted, status: 'refused' };
    expect(await retrain(clientOf([refused]), { model: 'late', everyMs: 1 }, print)).toBe(3);
  });

  it('says how to look when it does not wait', async () => {
    const { print, text } = captured();
    expect(await retrain(clientOf([]), { model: 'late', wait: false }, print)).toBe(0);
    expect(text()).toContain('npx leeboard why late');
  });
});
