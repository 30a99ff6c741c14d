import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, IntegrityError, NotFoundError } from '#core/errors.ts';
import { type ApprovalWish, askApproval } from '#core/registry/approval.ts';
import { freeze, rollBack, unfreeze } from '#core/registry/change-deployment.ts';
import type { Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import type { ApprovalPorts } from '#lib/pipelines/carry-out-approval.ts';
import { controlDeployment } from '#lib/pipelines/control-deployment.ts';
import { decideApproval } from '#lib/pipelines/decide-approval.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { crashEverywhere, withFaults } from '#test/support/faults.ts';
import { MemoryExecutions } from '#test/support/memory-executions.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { tripsLate } from '#test/support/trips.ts';

const MODEL = 'trips-late';
const ASKED = '2026-05-01T00:00:00.000Z';
const NEXT_DAY = '2026-05-02T00:00:00.000Z';
const person = { by: 'anna', reason: 'looks well', at: NEXT_DAY };
const mandate = { by: 'bert', at: ASKED, reason: 'because' };

let registry: MemoryRegistry;
let store: MemoryStore;
let rollouts: MemoryExecutions;
let published: { readonly type: string; readonly detail: object }[];

beforeEach(() => {
  [registry, store, rollouts, published] = [
    new MemoryRegistry(),
    new MemoryStore(),
    new MemoryExecutions(),
    [],
  ];
});

/** The next version, approved by policy. */
async function approvedVersion(): Promise<ModelVersion> {
  const version = await registered();
  await registry.updateModelVersion({ ...version, status: 'approved' }, 'registered');
  return version;
}

/** The next version, for which a person was asked, compared with the champion. */
async function waitingVersion(rollout: object = {}): Promise<ModelVersion> {
  const version = await registered(rollout);
  const comparedWith = (await registry.deployment(MODEL))?.champion?.version ?? null;
  const sha256 = version.manifest?.sha256 as string;
  const approval = askApproval({ sha256, comparedWith, at: ASKED, within: '7 days', pace: 1 });
  await registry.updateModelVersion({ ...version, status: 'waiting', approval }, 'registered');
  return { ...version, approval };
}

async function registered(rollout: object = {}): Promise<ModelVersion> {
  const runId = `run-${(await registry.modelVersions(MODEL, { limit: 9 })).length + 1}`;
  const run = await leaveRun(store, runId);
  const spec = { ...tripsLate(), rollout: { ...tripsLate().rollout, ...rollout } };
  const pointer = await store.write(`runs/${runId}/spec.json`, JSON.stringify(spec));
  return registerVersion(store, registry, { ...run, files: { ...run.files, 'spec.json': pointer } });
}

const ports = (changes: Partial<ApprovalPorts> = {}): ApprovalPorts => ({
  registry,
  store,
  events: { publish: async (type, detail) => void published.push({ type, detail }) },
  rollouts,
  ...changes,
});
const say = (
  decision: ApprovalWish['decision'],
  version: number,
  changes: Partial<ApprovalWish> = {},
  others: Partial<ApprovalPorts> = {},
) => decideApproval(ports(others), { model: MODEL, version }, { ...person, decision, ...changes });
const approve = say.bind(undefined, 'approved');
const reject = say.bind(undefined, 'rejected');
const statusOf = async (version: number) => (await registry.modelVersion(MODEL, version))?.status;
const champion = async () => (await registry.deployment(MODEL))?.champion?.version;
const change = async (changeOf: (current: Deployment) => DeploymentChange | undefined) => {
  const made = changeOf((await registry.deployment(MODEL)) as Deployment);
  if (made) await registry.commitDeployment(made);
};
const promote = (version: number) =>
  controlDeployment(ports(), { model: MODEL, action: 'promote', version, ...mandate });

const CANARY = { canary: [{ percent: 10, for: '5 minutes' }] };

describe('a version that a person approves', () => {
  it('becomes champion, in their name and for their reason, and the bus hears of both', async () => {
    const { version } = await waitingVersion();
    expect(await approve(version)).toMatchObject({ outcome: 'promoted', rev: 1 });
    expect(await champion()).toBe(version);
    expect(await registry.modelVersion(MODEL, version)).toMatchObject({
      status: 'approved',
      approval: { decided: { decision: 'approved', by: 'anna', at: NEXT_DAY, reason: 'looks well' } },
    });
    expect((await registry.audit(MODEL, { limit: 1 }))[0]).toMatchObject({
      by: 'anna',
      at: NEXT_DAY,
      reason: 'run run-1: passed its gates, approved: looks well',
    });
    expect(published).toEqual([
      {
        type: 'ApprovalDecided',
        detail: {
          ...{ detailVersion: 1, model: MODEL, version, decision: 'approved' },
          ...{ by: 'anna', reason: 'looks well', asOf: NEXT_DAY },
        },
      },
      {
        type: 'DeploymentChanged',
        detail: expect.objectContaining({ champion: version, action: 'promote' }),
      },
    ]);
  });

  it('is tried beside the champion first when its spec has stages, by an execution of its own name', async () => {
    await promote((await approvedVersion()).version);
    const { version, runId, approval } = await waitingVersion(CANARY);
    expect(await approve(version)).toMatchObject({ outcome: 'rollout', rev: 1 });
    expect(rollouts.running(MODEL)).toEqual([runId]);
    expect(rollouts.inputOf(MODEL, runId)).toEqual({
      ...{ version, approvedSha256: approval?.sha256, comparedWith: 1, by: 'anna' },
      reason: 'run run-2: passed its gates, approved: looks well',
    });
    expect(await champion()).toBe(1);
  });

  it('is held while the deployment is frozen, and promoted when it is approved again afterwards', async () => {
    await promote((await approvedVersion()).version);
    const { version } = await waitingVersion();
    await change((current) => freeze(current, mandate));
    expect(await approve(version)).toMatchObject({ outcome: 'held' });
    expect(await champion()).toBe(1);
    await change((current) => unfreeze(current, mandate));
    expect(await approve(version)).toMatchObject({ outcome: 'promoted' });
    expect(await champion()).toBe(version);
  });

  it('is promoted once, however often that is asked, also after it was taken back', async () => {
    await promote((await approvedVersion()).version);
    const { version } = await waitingVersion();
    const first = await approve(version);
    expect(await approve(version)).toEqual(first);
    expect(await registry.audit(MODEL, { limit: 9 })).toHaveLength(2);
    await change((current) => rollBack(current, mandate));
    const late = approve(version);
    await expect(late).rejects.toThrow(ConflictError);
    await expect(late).rejects.toThrow(
      `trips-late@2 was approved before, and it became champion at ${NEXT_DAY}: to make it champion now`,
    );
    expect(await champion()).toBe(1);
  });

  it('does not begin a rollout again that is over', async () => {
    await promote((await approvedVersion()).version);
    const { version, runId } = await waitingVersion(CANARY);
    await approve(version);
    expect(await approve(version)).toMatchObject({ outcome: 'rollout' });
    rollouts.end(MODEL, runId);
    await expect(approve(version)).rejects.toThrow('its rollout run-2 is over: to make it champion now');
  });

  it('is promoted by one of twenty that approve it at once, and all hear so', async () => {
    const { version } = await waitingVersion();
    const all = await Promise.all(Array.from({ length: 20 }, () => approve(version)));
    expect(new Set(all.map(({ outcome }) => outcome))).toEqual(new Set(['promoted']));
    expect(await registry.audit(MODEL, { limit: 99 })).toHaveLength(1);
  });
});

describe('a version that a person rejects', () => {
  it('leaves the champion what it is, and is not approved any more', async () => {
    await promote((await approvedVersion()).version);
    const { version } = await waitingVersion();
    published = [];
    const first = await reject(version);
    expect(first).toMatchObject({ outcome: 'rejected', rev: 1 });
    expect(await reject(version)).toEqual(first);
    expect([await statusOf(version), await champion()]).toEqual(['rejected', 1]);
    expect(published[0]).toMatchObject({ type: 'ApprovalDecided', detail: { decision: 'rejected' } });
    await expect(approve(version)).rejects.toThrow(
      `trips-late@2 was rejected by anna at ${NEXT_DAY} (looks well): train again to be asked again`,
    );
    await expect(promote(version)).rejects.toThrow('must be approved to be promoted, got status rejected');
  });

  it('is rejected too when the champion is another by now', async () => {
    await waitingVersion();
    await promote((await approvedVersion()).version);
    expect(await reject(1)).toMatchObject({ outcome: 'rejected' });
  });
});

describe('an approval is refused, and nothing changes', () => {
  const refused = async (version: number, asking: Promise<unknown>, message: string) => {
    const before = await registry.modelVersion(MODEL, version);
    await expect(asking).rejects.toThrow(ConflictError);
    await expect(asking).rejects.toThrow(message);
    expect(await registry.modelVersion(MODEL, version)).toEqual(before);
    expect(published).toEqual([]);
  };

  it('when another bundle was looked at; the beginning of the hash is enough', async () => {
    const { version, approval } = await waitingVersion();
    const sha256 = 'f'.repeat(12);
    const message = `trips-late@1: approval was asked for the bundle ${approval?.sha256}, got ${sha256}`;
    await refused(version, approve(version, { sha256 }), message);
    expect(await approve(version, { sha256: approval?.sha256.slice(0, 12) })).toMatchObject({
      outcome: 'promoted',
    });
  });

  it('when the bundle is not the one that was asked about', async () => {
    const version = await waitingVersion();
    const manifest = { ...(version.manifest as NonNullable<ModelVersion['manifest']>), sha256: 'other' };
    await registry.updateModelVersion({ ...version, status: 'waiting', manifest }, 'waiting');
    await refused(version.version, approve(version.version), 'now it is other: train again');
  });

  it('when its bundle is not, byte for byte, what was recorded', async () => {
    const { version } = await waitingVersion();
    const changed = {
      readVerified: async ({ key }: { readonly key: string }) => {
        throw new IntegrityError(key, 'recorded', 'found');
      },
    };
    await expect(approve(version, {}, { store: changed })).rejects.toThrow(IntegrityError);
    expect([await statusOf(version), published]).toEqual(['waiting', []]);
  });

  it('when it was compared with another champion: then it waits on, and can be rejected', async () => {
    const { version } = await waitingVersion();
    await promote((await approvedVersion()).version);
    published = [];
    const message = 'trips-late@1 was compared with no champion, now the champion is version 2: train again';
    await refused(version, approve(version), message);
    expect(await statusOf(version)).toBe('waiting');
  });

  it('when nobody was asked', async () => {
    const { version } = await approvedVersion();
    await refused(version, approve(version), 'trips-late@1 waits for nobody: it is approved');
  });

  it('when there is no such version', async () => {
    await expect(approve(7)).rejects.toThrow(NotFoundError);
  });

  it('from the instant on at which the request expires, and it has expired then', async () => {
    const { version } = await waitingVersion();
    const message = 'was to be approved before 2026-05-08T00:00:00.000Z, nobody did';
    await expect(approve(version, { at: '2026-05-08T00:00:00.000Z' })).rejects.toThrow(message);
    expect(await statusOf(version)).toBe('expired');
    await expect(approve(version, { at: NEXT_DAY })).rejects.toThrow(message);
  });

  it('until that instant it is approved', async () => {
    const { version } = await waitingVersion();
    expect(await approve(version, { at: '2026-05-07T23:59:59.999Z' })).toMatchObject({ outcome: 'promoted' });
  });
});

describe('asked again after a crash anywhere, it ends as if there had been none', () => {
  const crashing = (rollout: object, check: (version: ModelVersion) => Promise<void>) => {
    let version: ModelVersion;
    const open = () =>
      ([registry, store, rollouts, published] = [
        new MemoryRegistry(),
        new MemoryStore(),
        new MemoryExecutions(),
        [],
      ]);
    return crashEverywhere(
      open,
      async (_state, plan) => {
        if (published.length === 0 && (await registry.models()).length === 0) {
          await promote((await approvedVersion()).version);
          version = await waitingVersion(rollout);
          published = [];
        }
        const known = ports();
        const others = {
          registry: withFaults(known.registry, plan),
          store: withFaults(known.store, plan),
          rollouts: withFaults(known.rollouts, plan),
        };
        await approve(version.version, {}, others);
      },
      () => check(version),
    );
  };
  const types = () => new Set(published.map(({ type }) => type));

  it('of a promotion', async () => {
    const calls = await crashing({}, async ({ version }) => {
      expect([await statusOf(version), await champion()]).toEqual(['approved', version]);
      expect(await registry.audit(MODEL, { limit: 9 })).toHaveLength(2);
      expect(types()).toEqual(new Set(['ApprovalDecided', 'DeploymentChanged']));
    });
    expect(calls).toBeGreaterThan(8);
  });

  it('of a rollout', async () => {
    const calls = await crashing(CANARY, async ({ version, runId }) => {
      expect([await statusOf(version), await champion()]).toEqual(['approved', 1]);
      expect(rollouts.running(MODEL)).toEqual([runId]);
      expect(types()).toEqual(new Set(['ApprovalDecided']));
    });
    expect(calls).toBeGreaterThan(8);
  });
});
