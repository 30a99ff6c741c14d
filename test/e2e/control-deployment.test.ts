import { beforeAll, describe, expect, it } from 'vitest';
import type { MulticlassPrediction } from '#core/serve/answer.ts';
import { client, waitFor } from './deployment.ts';
import { send } from './http.ts';
import { type BusEvent, type Mailbox, openBusMailbox } from './mailbox.ts';
import { asRequest, dropOrders, orders } from './orders.ts';
import { runToEnd } from './training.ts';

const MODEL = 'orders-delivery';
const row = asRequest(orders()[0] as ReturnType<typeof orders>[number]);

let older: number;
let newer: number;
let bus: Mailbox<BusEvent>;

beforeAll(async () => {
  await dropOrders();
  for (const reason of ['first', 'again']) {
    const run = await runToEnd(MODEL, { reason });
    expect(run.error).toBeUndefined();
    [older, newer] = [newer, run.version as number];
  }
  bus = await openBusMailbox();
});

const change = (action: 'promote' | 'rollback' | 'freeze' | 'unfreeze', version?: number) =>
  client.changeDeployment(MODEL, action, { reason: 'a test', ...(version !== undefined && { version }) });
const answering = async () => (await client.predict(MODEL, [row])).version;
const post = async (action: string, body: object) => {
  const answer = await send('POST', `/v1/models/${MODEL}/${action}`, JSON.stringify(body));
  return {
    status: answer.status,
    problem: JSON.parse(answer.body) as { detail: string; errors?: { field: string }[] },
  };
};

describe('what answers, changed by hand', () => {
  it('is taken back, and every warm instance answers with the version before', async () => {
    expect(await change('promote', newer)).toMatchObject({ champion: newer });
    await waitFor('the newer version to answer', async () => (await answering()) === newer, 10);
    expect(await change('rollback')).toMatchObject({ champion: older, previous: null });
    await waitFor('the older version to answer', async () => (await answering()) === older, 10);
    const { predictions } = await client.predict(MODEL, [row]);
    expect(Object.keys((predictions[0] as MulticlassPrediction).probabilities)).toHaveLength(3);
  });

  it('is promoted again by its number, also backwards', async () => {
    expect(await change('promote', newer)).toMatchObject({ champion: newer, previous: older });
    expect(await change('promote', older)).toMatchObject({ champion: older, previous: newer });
    expect(await change('promote', newer)).toMatchObject({ champion: newer });
  });

  it('stays as it is while it is frozen, but for taking back', async () => {
    await change('freeze');
    expect(await post('promote', { version: older, reason: 'no' })).toMatchObject({
      status: 409,
      problem: { detail: expect.stringContaining('is frozen by') },
    });
    expect(await change('rollback')).toMatchObject({ champion: older, frozen: { reason: 'a test' } });
    expect(await change('unfreeze')).toMatchObject({ frozen: null });
    expect(await change('promote', newer)).toMatchObject({ champion: newer });
  });

  it('is recorded with who, why and when, and told to the bus', async () => {
    const { changes, champion } = await client.deployment(MODEL);
    expect(champion).toBe(newer);
    const actions = [
      'promote',
      'unfreeze',
      'rollback',
      'freeze',
      'promote',
      'promote',
      'promote',
      'rollback',
    ];
    expect(changes.slice(0, 8).map(({ action }) => action)).toEqual(actions);
    for (const { by, reason } of changes.slice(0, 8)) {
      expect(by).toMatch(/^arn:aws:/);
      expect(reason).toBe('a test');
    }
    await waitFor('the bus to tell of all of them', async () => {
      const told = (await bus.read())
        .filter(({ detail }) => detail.model === MODEL)
        .map(({ detail }) => detail.action);
      return actions.every((action) => told.includes(action));
    });
  });

  it.each([
    ['promote', { version: 99, reason: 'x' }, 404, undefined],
    ['promote', { version: '2', reason: 'x' }, 422, 'version'],
    ['promote', { reason: 'x' }, 422, 'version'],
    ['rollback', {}, 422, 'reason'],
    ['freeze', { reason: '' }, 422, 'reason'],
    ['freeze', { reason: 'x', until: 'never' }, 422, 'until'],
    ['promote', { version: 1, reason: 'x', rev: 0 }, 409, undefined],
  ])('refuses %s with %j', async (action, body, status, field) => {
    const { status: answered, problem } = await post(action, body);
    expect(answered).toBe(status);
    expect(problem.errors?.[0]?.field).toBe(field);
  });

  it('of a model that was never trained cannot be changed', async () => {
    const answer = await send('POST', '/v1/models/silence-high/rollback', JSON.stringify({ reason: 'x' }));
    expect(answer.status).toBe(404);
  });
});
