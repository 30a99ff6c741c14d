import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '#core/random/seeded-random.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { retrain } from '#lib/commands/retrain.ts';
import { captured } from '../commands/captured.ts';
import { decisionsOf, decisionThat, isOver, trainingsOf } from './decisions.ts';
import { client, config, outputs, waitFor } from './deployment.ts';
import { accept, asCsv } from './orders.ts';

const MODEL = 'rentals-late';
const START = Date.UTC(2026, 0, 1);
const QUARTER = 900_000;

/** A rental every quarter of an hour, from a number on; the longer one is, the more likely it comes back late. */
function rentals(first: number, rows: number): object[] {
  const random = seededRandom(`rentals ${first}`);
  return Array.from({ length: rows }, (_, index) => {
    const [days, age] = [random.uniform() * 10, random.uniform() * 10];
    const late = days + 2 * random.normal() > 6;
    const at = new Date(START + (first + index) * QUARTER).toISOString();
    return { rental: `r${first + index}`, at, days, age, hours: late ? 2 : 0.5 };
  });
}

beforeAll(async () => {
  await accept('rentals', asCsv(rentals(0, 2000)));
  await decisionThat(MODEL, 'the first version', isOver);
});

it('does not train on newer rows when nothing better would come of it, and says so in figures', async () => {
  await accept('rentals', asCsv(rentals(2000, 300)));
  await decisionThat(MODEL, 'rows to wait for', ({ number }) => number === 2);
  await accept('rentals', asCsv(rentals(2300, 1000)));
  const quiet = await decisionThat(MODEL, 'a judgement', (one) => one.number === 2 && isOver(one));
  expect(quiet).toMatchObject({ status: 'declined', reason: expect.stringMatching(/would not help/) });
  expect(quiet.triggers.map(({ id }) => id)).toEqual(['data:rentals@2', 'data:rentals@3']);
  expect(quiet.judgement).toMatchObject({ champion: 1, newRows: 1300 });
  expect(await trainingsOf(MODEL)).toMatchObject([{ by: 'leeboard', status: 'succeeded', version: 1 }]);
});

describe('twenty causes at once', () => {
  const ids = Array.from({ length: 20 }, (_, index) => `at-once-${index}`);

  it('come to one training, and none is lost', async () => {
    const before = (await trainingsOf(MODEL)).length;
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
        const decisions = (await decisionsOf(MODEL)).filter(isOver);
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
    expect((await trainingsOf(MODEL)).length - before).toBe(1);
  });
});

it('trains when a person asks, and shows what is decided', async () => {
  const { print, text } = captured();
  const ended = await retrain(client, { model: MODEL, reason: 'new city', everyMs: 200 }, print);
  expect([EXIT.ok, EXIT.refused]).toContain(ended);
  expect(text()).toContain('new city');
  expect(text()).toMatch(/decision \d+ training: a person asked for it/);
});
