import { beforeEach, expect, it } from 'vitest';
import { askApproval } from '#core/registry/approval.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { emptyLoop } from '#core/retrain/change-loop.ts';
import type { Decision } from '#core/retrain/records.ts';
import { considerRetraining } from '#lib/pipelines/consider-retraining.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { MemoryExecutions } from '#test/support/memory-executions.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';
import { tripsLate } from '#test/support/trips.ts';

const MODEL = 'trips-late';
const RUN = 'decision-000001';
const ASKED = '2026-05-01T00:00:00.000Z';
const EXPIRES = '2026-05-02T00:00:00.000Z';

let registry: MemoryRegistry;
let store: MemoryStore;
let told: string[];
let executions: Record<'retrain-model' | 'train-model' | 'deploy-model', MemoryExecutions>;

/** A decision of the loop whose version waits for a person, for a day. */
beforeEach(async () => {
  [registry, told] = [new MemoryRegistry(), []];
  executions = {
    'retrain-model': new MemoryExecutions(),
    'train-model': new MemoryExecutions(),
    'deploy-model': new MemoryExecutions(),
  };
  store = new MemoryStore();
  const version = await registerVersion(store, registry, await leaveRun(store, RUN));
  const sha256 = version.manifest?.sha256 as string;
  const approval = askApproval({ sha256, comparedWith: null, at: ASKED, within: '1 day', pace: 1 });
  await registry.updateModelVersion({ ...version, status: 'waiting', approval }, 'registered');
  const run = {
    model: MODEL,
    runId: RUN,
    pipeline: 'train-model',
    startedAt: ASKED,
    by: 'leeboard',
  } as const;
  await registry.recordRun({ ...run, status: 'succeeded', version: 1, execution: 'resumed' });
  const decision: Decision = {
    ...{ model: MODEL, number: 1, status: 'approval', reason: 'it passed', steps: [] },
    triggers: [{ id: 'person:1', kind: 'person', at: ASKED, by: 'anna', reason: 'anna wants it' }],
    ...{ execution: RUN, runId: RUN, version: 1, trainedAt: ASKED },
  };
  await registry.commitRetraining({ ...emptyLoop(MODEL), rev: 1, decisions: 1, open: decision }, [decision]);
});

/** The clock ticks. */
const tick = (asOf: string) =>
  considerRetraining(
    {
      ...{ registry, store, executions, pause: async () => {} },
      events: { publish: async () => {} },
      people: { tell: async ({ subject }) => void told.push(subject) },
    },
    { model: tripsLate(), specHash: 's', codeVersion: 'c', triggers: [], pace: 1, asOf },
  );
const status = async () => (await registry.decision(MODEL, 1))?.status;

it('the loop waits for a person as long as the request stands, and ends both when its time is over', async () => {
  await tick('2026-05-01T23:59:59.999Z');
  expect([await status(), (await registry.modelVersion(MODEL, 1))?.status]).toEqual(['approval', 'waiting']);
  await tick(EXPIRES);
  expect([await status(), (await registry.modelVersion(MODEL, 1))?.status]).toEqual(['expired', 'expired']);
  expect(told).toEqual(['RETRAINING EXPIRED: trips-late@1']);
});

it('the loop follows the rollout of what a person approved, whichever execution trained it', async () => {
  const version = (await registry.modelVersion(MODEL, 1)) as ModelVersion;
  await registry.updateModelVersion({ ...version, status: 'approved' }, 'waiting');
  await executions['deploy-model'].start(MODEL, { execution: RUN, input: {} });
  await tick(EXPIRES);
  expect(await status()).toBe('rollout');
  executions['deploy-model'].end(MODEL, RUN);
  await tick(EXPIRES);
  expect(await status()).toBe('failed');
});
