import { beforeAll, describe, expect, it } from 'vitest';
import { LiveStatus } from '#core/api/status.ts';
import { watchStatus } from '#lib/commands/watch-status.ts';
import { captured } from '../commands/captured.ts';
import { client, waitFor } from './deployment.ts';
import { sendUnsigned } from './http.ts';
import { asRequest, dropOrders, orders } from './orders.ts';
import { champion, ended } from './training.ts';

const MODEL = 'orders-late';
const CALLERS = 4;

const rows = orders().slice(-200).map(asRequest);
let version: number;
beforeAll(async () => {
  ({ version } = await champion(MODEL, dropOrders));
});

const now = async () => {
  const live = LiveStatus.parse(await client.live());
  return { ...live, model: live.models.find(({ model }) => model === MODEL) };
};

describe('what runs now', () => {
  it('tells the predictions in flight while callers ask, and who answers them', async () => {
    let done = false;
    const callers = Array.from({ length: CALLERS }, async () => {
      while (!done) await client.predict(MODEL, rows);
    });
    const busy = await waitFor('predictions in flight', async () => {
      const { model, totals } = await now();
      return model && model.inFlight > 0 && { model, totals };
    }).finally(() => {
      done = true;
    });
    await Promise.all(callers);
    expect(busy.model.champion).toBe(version);
    expect(busy.model.requestsPerSecond).toBeGreaterThan(0);
    expect(busy.model.instances).toBeGreaterThan(0);
    expect(busy.totals.inFlight).toBeGreaterThanOrEqual(busy.model.inFlight);
  });

  it('tells a training from its start to its end', async () => {
    const { runId } = await client.startRun(MODEL, { reason: 'to be seen', set: { 'algorithm.l2': 3 } });
    const run = await waitFor('the training to be active', async () => {
      const { model } = await now();
      return model?.runs.active.find((active) => active.runId === runId);
    });
    expect(run.by).toMatch(/^arn:aws:/);
    await ended(MODEL, runId);
    expect((await now()).model?.runs.active).toEqual([]);
  });

  it('is watched with a document a line', async () => {
    const { print, text } = captured({ json: true });
    await watchStatus(client, { everyMs: 10, times: 2 }, print);
    const looks = text().trimEnd().split('\n');
    expect(looks).toHaveLength(2);
    for (const look of looks) expect(() => LiveStatus.parse(JSON.parse(look))).not.toThrow();
  });

  it('is told to nobody without credentials', async () => {
    expect((await sendUnsigned('GET', '/v1/status')).status).toBe(403);
  });
});
