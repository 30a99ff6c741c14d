import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Decision, DecisionStatus } from '#core/retrain/records.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { retrain } from '#lib/commands/retrain.ts';
import { why } from '#lib/commands/why.ts';
import { captured } from '../commands/captured.ts';
import { client, config, outputs, registry, waitFor } from './deployment.ts';
import { accept, asCsv } from './orders.ts';

const MODEL = 'rentals-late';
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const OPEN: readonly DecisionStatus[] = ['waiting', 'judging', 'training', 'approval', 'rollout'];

/** Which of two numbers says whether a rental is late: from one season to the next it may be the other. */
type Season = 'days' | 'age';

/** Rows a quarter of an hour apart, from a row on. */
function rentals(first: number, rows: number, season: Season): object[] {
  const random = seededRandom(`rentals ${first}`);
  return Array.from({ length: rows }, (_, index) => {
    const [days, age] = [random.uniform() * 10, random.uniform() * 10];
    const late = (season === 'days' ? days : age) + 2 * random.normal() > 6;
    const at = new Date(START + ((first + index) * DAY) / 96).toISOString();
    return { rental: `r${first + index}`, at, days, age, hours: late ? 2 : 0.5 };
  });
}

let dropped = 0;
async function drop(rows: number, season: Season): Promise<void> {
  await accept('rentals', asCsv(rentals(dropped, rows, season)));
  dropped += rows;
}

/** The decision that is as wanted, once there is one. */
const decisionThat = (what: string, wanted: (decision: Decision) => boolean): Promise<Decision> =>
  waitFor(what, async () => (await registry.decisions(MODEL, { limit: 100 })).find(wanted), 180);
const isOver = ({ status }: Decision) => !OPEN.includes(status);
const trainings = async () =>
  (await registry.runs(MODEL, { limit: 100 })).filter(({ pipeline }) => pipeline === 'train-model');

it('trains the first version when there are rows enough, and nobody asked', async () => {
  await drop(2000, 'days');
  const first = await decisionThat('the first version', isOver);
  expect(first).toMatchObject({ number: 1, status: 'promoted', version: 1 });
  expect(first.triggers).toMatchObject([{ id: 'data:rentals@1', kind: 'new-data' }]);
  expect(first.steps.map(({ status }) => status)).toEqual(['waiting', 'judging', 'training', 'promoted']);
  expect(await trainings()).toMatchObject([{ by: 'leeboard', status: 'succeeded', version: 1 }]);
});

it('waits for as many new rows as the spec asks for', async () => {
  await drop(300, 'days');
  const waiting = await decisionThat('rows to wait for', ({ number }) => number === 2);
  expect(waiting).toMatchObject({ status: 'waiting', reason: expect.stringContaining('300 of 1000') });
});

it('does not train in a quiet time: nothing better would come of it, and it says so in figures', async () => {
  await drop(1000, 'days');
  const quiet = await decisionThat('a judgement', (one) => one.number === 2 && isOver(one));
  expect(quiet).toMatchObject({ status: 'declined', reason: expect.stringMatching(/would not help/) });
  expect(quiet.triggers.map(({ id }) => id)).toEqual(['data:rentals@2', 'data:rentals@3']);
  expect(quiet.judgement).toMatchObject({ champion: 1, newRows: 1300 });
  expect(await trainings()).toHaveLength(1);
});

it('trains again when the world has changed, on the rows that do best', async () => {
  await drop(2000, 'age');
  const changed = await decisionThat('a new champion', (one) => one.number === 3 && isOver(one));
  expect(changed).toMatchObject({ status: 'promoted', version: 2 });
  const { backtest } = changed.judgement ?? {};
  const best = backtest?.candidates.find(({ window }) => window === backtest.best);
  expect(best?.gainAtLeast).toBeGreaterThan(0.05);
  const [run] = await trainings();
  expect(run).toMatchObject({ version: 2, by: 'leeboard', status: 'succeeded' });
  expect((await client.deployment(MODEL)).champion).toBe(2);
});

it('tells people why: each decision, also the one not to act, with its figures', async () => {
  const all = captured();
  expect(await why(client, { model: MODEL }, all.print)).toBe(EXIT.ok);
  expect(all.text()).toMatch(/2 .*declined .*would not help/);
  expect(all.text()).toMatch(/3 .*promoted +2 /);
  const one = captured();
  await why(client, { model: MODEL, decision: '3' }, one.print);
  expect(one.text()).toMatch(/champion +- /);
  expect(one.text()).toMatch(/all +[\d,]+ /);
});

describe('twenty causes at once', () => {
  const ids = Array.from({ length: 20 }, (_, index) => `at-once-${index}`);

  it('come to one training, and none is lost', async () => {
    const before = (await trainings()).length;
    const events = new EventBridgeClient(config);
    const entry = (id: string) => ({
      EventBusName: outputs.busName,
      Source: 'leeboard',
      DetailType: 'TrainingRequested',
      Detail: JSON.stringify({
        detailVersion: 1,
        model: MODEL,
        ...{ id, by: 'anna', reason: `cause ${id}`, asOf: new Date().toISOString() },
      }),
    });
    await Promise.all(ids.map((id) => events.send(new PutEventsCommand({ Entries: [entry(id)] }))));
    const taken = await waitFor(
      'all of them to be decided',
      async () => {
        const decisions = (await registry.decisions(MODEL, { limit: 100 })).filter(isOver);
        const found = ids.map((id) =>
          decisions.filter(({ triggers }) => triggers.some((trigger) => trigger.id === `person:${id}`)),
        );
        return found.every(({ length }) => length > 0) && found;
      },
      240,
    );
    for (const decisions of taken) expect(decisions).toHaveLength(1);
    // Those that come while one is carried out join it.
    expect(new Set(taken.flat().map(({ number }) => number)).size).toBe(1);
    expect((await trainings()).length - before).toBe(1);
  });
});

it('trains when a person asks, and shows what is decided', async () => {
  const { print, text } = captured();
  const ended = await retrain(client, { model: MODEL, reason: 'new city', everyMs: 200 }, print);
  expect([EXIT.ok, EXIT.refused]).toContain(ended);
  expect(text()).toContain('new city');
  expect(text()).toMatch(/decision \d+ training: a person asked for it/);
});
