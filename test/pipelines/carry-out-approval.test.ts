import { beforeEach, describe, expect, it } from 'vitest';
import { askApproval } from '#core/registry/approval.ts';
import { freeze } from '#core/registry/change-deployment.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { emptyLoop } from '#core/retrain/change-loop.ts';
import type { Decision } from '#core/retrain/records.ts';
import { considerRetraining } from '#lib/pipelines/consider-retraining.ts';
import { decideApproval } from '#lib/pipelines/decide-approval.ts';
import { promoteVersion } from '#lib/pipelines/promote-version.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { Crash } from '#test/support/faults.ts';
import { MemoryExecutions } from '#test/support/memory-executions.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { tripsLate } from '#test/support/trips.ts';

const MODEL = 'trips-late';
const RUN = 'decision-000001';
const APPROVED = '2026-05-01T12:00:00.000Z';
const seconds = (later: number) => new Date(Date.parse(APPROVED) + later * 1000).toISOString();

let registry: MemoryRegistry;
let store: MemoryStore;
let executions: Record<'retrain-model' | 'train-model' | 'deploy-model', MemoryExecutions>;
let published: string[];

/** Version 1 is champion; a decision of the loop trained version 2, which waits for a person. */
async function asked(rollout: object = {}): Promise<void> {
  await promoteVersion(registry, {
    ...{ version: await registered('by-hand', {}, 'approved'), comparedWith: null },
    ...{ approvedSha256: await manifestOf(1), rollout: tripsLate().rollout },
    ...{ by: 'anna', at: APPROVED, reason: 'the first' },
  });
  const version = await registered(RUN, rollout, 'registered');
  const sha256 = await manifestOf(2);
  const approval = askApproval({ sha256, comparedWith: 1, at: APPROVED, within: '1 day', pace: 1 });
  await registry.updateModelVersion({ ...version, status: 'waiting', approval }, 'registered');
  await registry.recordRun({
    ...{ model: MODEL, runId: RUN, pipeline: 'train-model', startedAt: APPROVED, by: 'leeboard' },
    ...{ status: 'succeeded', version: 2, execution: RUN },
  });
  const decision: Decision = {
    ...{ model: MODEL, number: 1, status: 'training', reason: 'it would help', triggers: [], steps: [] },
    ...{ execution: RUN, runId: RUN, trainedAt: APPROVED },
  };
  await registry.commitRetraining({ ...emptyLoop(MODEL), rev: 1, decisions: 1, open: decision }, [decision]);
}

async function registered(
  runId: string,
  rollout: object,
  status: ModelVersion['status'],
): Promise<ModelVersion> {
  const run = await leaveRun(store, runId);
  const spec = { ...tripsLate(), rollout: { ...tripsLate().rollout, ...rollout } };
  const pointer = await store.write(`runs/${runId}/spec.json`, JSON.stringify(spec));
  const files = { ...run.files, 'spec.json': pointer };
  const version = await registerVersion(store, registry, { ...run, files });
  if (status !== 'registered') await registry.updateModelVersion({ ...version, status }, 'registered');
  return { ...version, status };
}

const manifestOf = async (version: number) =>
  (await registry.modelVersion(MODEL, version))?.manifest?.sha256 as string;

/** The registry of a process that dies with the answer of this call. */
function diesAfter(last: keyof MemoryRegistry): MemoryRegistry {
  return new Proxy(registry, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      return async (...args: unknown[]) => {
        const answer = await method.apply(target, args);
        if (name === last) throw new Crash(`after ${last}`);
        return answer;
      };
    },
  });
}

/** anna's process dies as soon as her word is stored. */
async function approvedAndDied(): Promise<void> {
  const dead = async () => {
    throw new Crash('a dead process');
  };
  const ports = {
    registry: diesAfter('updateModelVersion'),
    store,
    events: { publish: dead },
    rollouts: { start: dead },
  };
  const wish = { decision: 'approved', by: 'anna', reason: 'looks well', at: APPROVED } as const;
  await expect(decideApproval(ports, { model: MODEL, version: 2 }, wish)).rejects.toThrow(Crash);
  expect((await registry.modelVersion(MODEL, 2))?.status).toBe('approved');
  expect(await champion()).toBe(1);
}

const wakeUp = (asOf: string) =>
  considerRetraining(
    {
      ...{ registry, store, executions, pause: async () => {}, people: { tell: async () => {} } },
      events: { publish: async (type) => void published.push(type) },
    },
    { model: tripsLate(), specHash: 's', codeVersion: 'c', triggers: [], pace: 1, asOf },
  );
const champion = async () => (await registry.deployment(MODEL))?.champion?.version;
const status = async () => (await registry.decision(MODEL, 1))?.status;

beforeEach(() => {
  [registry, store, published] = [new MemoryRegistry(), new MemoryStore(), []];
  executions = {
    'retrain-model': new MemoryExecutions(),
    'train-model': new MemoryExecutions(),
    'deploy-model': new MemoryExecutions(),
  };
});

describe('what a person approved who died before it was begun', () => {
  it('is promoted by the loop, in their name, once nobody else can be at it', async () => {
    await asked();
    await approvedAndDied();
    await wakeUp(seconds(60));
    expect([await champion(), published]).toEqual([1, []]);
    await wakeUp(seconds(61));
    expect([await champion(), published]).toEqual([2, ['DeploymentChanged']]);
    const reason = `run ${RUN}: passed its gates, approved: looks well`;
    expect((await registry.audit(MODEL, { limit: 1 }))[0]).toMatchObject({ by: 'anna', to: 2, reason });
    await wakeUp(seconds(62));
    expect(await status()).toBe('promoted');
    expect(published).toHaveLength(1);
  });

  it('is tried beside the champion first when its spec has stages', async () => {
    await asked({ canary: [{ percent: 10, for: '5 minutes' }] });
    await approvedAndDied();
    await wakeUp(seconds(61));
    expect(executions['deploy-model'].inputOf(MODEL, RUN)).toEqual({
      ...{ version: 2, approvedSha256: await manifestOf(2), comparedWith: 1, by: 'anna' },
      reason: `run ${RUN}: passed its gates, approved: looks well`,
    });
    await wakeUp(seconds(62));
    expect([await status(), await champion()]).toEqual(['rollout', 1]);
  });

  it('is left as it is when it was done meanwhile, and what is really wrong is told', async () => {
    await asked({ canary: [{ percent: 10, for: '5 minutes' }] });
    await approvedAndDied();
    executions['deploy-model'].start = async () => false; // It ran, and is over.
    await wakeUp(seconds(61));
    expect([await status(), await champion()]).toEqual(['training', 1]);
    executions['deploy-model'].start = async () => {
      throw new Crash('throttled');
    };
    await expect(wakeUp(seconds(62))).rejects.toThrow(Crash);
  });

  it('is held when the deployment was frozen meanwhile, and not promoted later behind the back of who froze it', async () => {
    await asked();
    await approvedAndDied();
    const mandate = { by: 'bert', at: APPROVED, reason: 'holidays' };
    const frozen = freeze((await registry.deployment(MODEL)) as Deployment, mandate);
    if (frozen) await registry.commitDeployment(frozen);
    await wakeUp(seconds(61));
    expect([await status(), await champion()]).toEqual(['held', 1]);
  });

  it('waits for the person while there is no word, and is left alone when that was no', async () => {
    await asked();
    await wakeUp(seconds(61));
    expect([await status(), await champion()]).toEqual(['approval', 1]);
    const ports = {
      registry,
      store,
      events: { publish: async () => {} },
      rollouts: executions['deploy-model'],
    };
    const wish = { decision: 'rejected', by: 'anna', reason: 'no', at: seconds(62) } as const;
    await decideApproval(ports, { model: MODEL, version: 2 }, wish);
    await wakeUp(seconds(200));
    expect([await status(), await champion()]).toEqual(['rejected', 1]);
  });

  it('ends as if there had been no crash when the deployment changes at the same time', async () => {
    await asked();
    await approvedAndDied();
    await Promise.all(Array.from({ length: 20 }, () => wakeUp(seconds(61))));
    expect(await champion()).toBe(2);
    expect(await registry.audit(MODEL, { limit: 99 })).toHaveLength(2);
  });
});
