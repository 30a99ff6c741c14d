import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { beforeAll, expect, it } from 'vitest';
import { BAD, type Challenger, registerChallenger } from '#local/challengers.ts';
import { type Answered, underTraffic } from '#local/traffic.ts';
import { tellTruth } from '#test/support/tell-truth.ts';
import { client, registry, sfn, store, waitFor } from './deployment.ts';
import { type BusEvent, type Mailbox, openAlarmMailbox, openBusMailbox } from './mailbox.ts';
import { asRequest, dropOrders, orders } from './orders.ts';
import { champion } from './training.ts';

const MODEL = 'orders-tried';
/** A rollout takes a minute on an idle machine, and several on a busy one. */
const PATIENCE_MS = 300_000;
const rows = orders().map(asRequest);

let first: number;
let people: Mailbox<{ Subject: string; Message: string }>;
let bus: Mailbox<BusEvent>;
beforeAll(async () => {
  first = (await champion(MODEL, dropOrders)).version;
  [people, bus] = [await openAlarmMailbox(), await openBusMailbox()];
});

interface End {
  readonly decision: string;
  readonly changed: { readonly reason: string; readonly rev: number } | null;
}

const begin = async (name: string, challenger: Challenger) => {
  const registered = await registerChallenger({ store, registry }, MODEL, name, challenger);
  const input = { ...registered, by: 'anna', reason: `a ${name} one` };
  return { ...registered, arn: await client.start('deploy-model', MODEL, input) };
};

/** Rolls a challenger out under traffic, to its end. */
async function rollOut(
  name: string,
  challenger: Challenger,
  tellsTruth = false,
): Promise<{ readonly version: number; readonly end: End; readonly heard: Answered }> {
  const { version, arn } = await begin(name, challenger);
  const callers = { model: MODEL, rows, callers: 2, rowsARequest: 20 };
  const { result, answered } = await underTraffic(
    client,
    { ...callers, ...(tellsTruth && { afterwards: tellTruth(client, MODEL) }) },
    () => client.finish<End>(arn),
  );
  return { version, end: result, heard: answered };
}

it.each(['errors', 'latency', 'scores', 'truth'] as const)(
  'a challenger that is bad by its %s is taken back by itself, callers hear nothing of it, and people are told',
  async (name) => {
    const { version, end, heard } = await rollOut(name, BAD[name], name === 'truth');
    expect(end.decision).toBe('rolledBack');
    expect(end.changed?.reason).toContain(` ${name}: `);
    expect(heard.failed).toBe(0);
    expect(await client.deployment(MODEL)).toMatchObject({ champion: first, rollout: null });
    const told = await waitFor('a message', async () =>
      (await people.read()).find(({ Subject }) => Subject === `ROLLBACK: ${MODEL}@${version}`),
    );
    expect(told.Message).toContain(end.changed?.reason);
    expect(told.Message).toContain(`npx leeboard rollouts ${MODEL}`);
  },
  PATIENCE_MS,
);

it('a challenger whose execution is stopped is taken back: nobody watches it any more', async () => {
  const { arn, version } = await begin('abandoned', {
    rollout: { canary: [{ percent: 50, for: '2 hours' }] },
  });
  await waitFor(
    'the rollout to begin',
    async () => (await client.deployment(MODEL)).rollout?.challenger === version,
  );
  await sfn.send(new StopExecutionCommand({ executionArn: arn }));
  const change = await waitFor('it to be taken back', async () => {
    const { rollout, changes } = await client.deployment(MODEL);
    return !rollout && changes[0];
  });
  expect(change).toMatchObject({ action: 'rollback', of: version, by: 'deploy-model' });
  expect(change.reason).toContain('its execution ended as ABORTED');
});

it(
  'a good challenger is scored beside, answers a tenth and then a half, and becomes champion',
  async () => {
    const { version, end, heard } = await rollOut('good', {
      rollout: {
        shadow: '3 minutes',
        canary: [
          { percent: 10, for: '3 minutes' },
          { percent: 50, for: '3 minutes' },
        ],
      },
    });
    expect(end.decision).toBe('promote');
    expect(heard.failed).toBe(0);
    expect(heard.byVersion.get(version)).toBeGreaterThan(0);
    const { champion, changes } = await client.deployment(MODEL);
    expect(champion).toBe(version);
    const ours = changes.filter(({ reason }) =>
      reason.startsWith(`rollout ${changes[0]?.reason.split(/[ :]/)[1]}: `),
    );
    expect(ours.map(({ action }) => action)).toEqual([
      'promote',
      'next-stage',
      'next-stage',
      'begin-rollout',
    ]);
    const published = await waitFor('the bus to say so', async () => {
      const events = (await bus.read()).filter(({ detail }) => detail.model === MODEL);
      return events.find(({ detail }) => detail.action === 'promote' && detail.champion === version);
    });
    expect(published['detail-type']).toBe('DeploymentChanged');
  },
  PATIENCE_MS,
);
