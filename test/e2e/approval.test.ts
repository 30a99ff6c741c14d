import { beforeAll, expect, it } from 'vitest';
import { approvalPageKey } from '#core/registry/bundle.ts';
import type { Approval, ModelVersion } from '#core/registry/records.ts';
import type { Decision } from '#core/retrain/records.ts';
import { client, registry, store, waitFor } from './deployment.ts';
import { type BusEvent, type Mailbox, openAlarmMailbox, openBusMailbox, type Told } from './mailbox.ts';
import { asRequest, dropOrders, orders } from './orders.ts';

const MODEL = 'orders-approved';
const PATIENCE_MS = 300_000;

let people: Mailbox<Told>;
let bus: Mailbox<BusEvent>;
beforeAll(async () => {
  await dropOrders();
  [people, bus] = [await openAlarmMailbox(), await openBusMailbox()];
});

/** Trains a version that waits, until people have been asked about it. */
async function trainWaiting() {
  const arn = await client.start('train-model', MODEL, { by: 'anna' });
  const { version, status } = await client.finish<{ version: number; status: string }>(arn);
  expect(status).toBe('approval');
  const name = `${MODEL}@${version}`;
  const asked = await waitFor('a message', async () =>
    (await people.read()).find(({ Subject }) => Subject === `APPROVAL: ${name}`),
  );
  const record = await registry.modelVersion(MODEL, version);
  expect(record?.status).toBe('waiting');
  return { version, name, asked, approval: record?.approval };
}

const decided = (version: number) =>
  waitFor('the bus to say so', async () =>
    (await bus.read()).find(
      ({ 'detail-type': type, detail }) =>
        type === 'ApprovalDecided' && detail.model === MODEL && detail.version === version,
    ),
  );
const champion = async () => (await client.model(MODEL)).champion;

it(
  'a person is asked, looks at the page, and rejects a version: nothing answers that did not before',
  async () => {
    const { version, name, asked } = await trainWaiting();
    expect(asked.Message).toContain(`npx leeboard approve ${name} --reason "..."`);
    const page = new TextDecoder().decode(await store.read(approvalPageKey(MODEL, version)));
    expect(page).toContain(name);
    expect(page).toContain('What drives it');
    await client.decideApproval(MODEL, version, 'reject', { reason: 'not on a Friday' });
    expect((await registry.modelVersion(MODEL, version))?.status).toBe('rejected');
    expect(await champion()).toBeNull();
    expect((await decided(version)).detail).toMatchObject({
      decision: 'rejected',
      reason: 'not on a Friday',
    });
  },
  PATIENCE_MS,
);

it(
  'a person approves a version: not when another bundle is meant, and then it answers',
  async () => {
    const { version, approval } = await trainWaiting();
    const reason = 'looks well';
    const other = client.decideApproval(MODEL, version, 'approve', { reason, sha256: 'f'.repeat(64) });
    await expect(other).rejects.toMatchObject({ status: 409 });
    expect(await champion()).toBeNull();
    const sha256 = approval?.sha256 as string;
    const outcome = await client.decideApproval(MODEL, version, 'approve', { reason, sha256 });
    expect(outcome).toMatchObject({ outcome: 'promoted', approval: { decided: { reason } } });
    expect(await champion()).toBe(version);
    expect((await decided(version)).detail).toMatchObject({ decision: 'approved' });
    const { predictions } = await client.predict(MODEL, orders().slice(0, 2).map(asRequest));
    expect(predictions).toHaveLength(2);
  },
  PATIENCE_MS,
);

it(
  'the loop begins what somebody approved who died before that, and one decision is enough for all who ask',
  async () => {
    const first = await client.retrain(MODEL, 'a new kitchen');
    const isOf =
      (id: string) =>
      ({ triggers }: Decision): boolean =>
        triggers.some((trigger) => trigger.id === id);
    const waiting = await waitFor('a version that waits', async () =>
      (await client.decisions(MODEL)).find((one) => isOf(first.id)(one) && one.status === 'approval'),
    );
    const version = (await registry.modelVersion(MODEL, waiting.version as number)) as ModelVersion;
    // All that is left of her: the process that takes an approval may run half a minute.
    const decided = { decision: 'approved', by: 'anna', reason: 'looks well' } as const;
    const at = new Date(Date.now() - 120_000).toISOString();
    const approval = { ...(version.approval as Approval), decided: { ...decided, at } };
    await registry.updateModelVersion({ ...version, status: 'approved', approval }, 'waiting');
    const second = await client.retrain(MODEL, 'an impatient cook');
    await waitFor('the new champion', async () => (await champion()) === version.version);
    const over = await waitFor('the decision to be over', async () =>
      (await client.decisions(MODEL)).find((one) => isOf(second.id)(one) && one.status === 'promoted'),
    );
    expect(over.number).toBe(waiting.number);
    expect((await registry.audit(MODEL, { limit: 1 }))[0]).toMatchObject({ by: 'anna', to: version.version });
  },
  PATIENCE_MS,
);
