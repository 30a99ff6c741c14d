import { beforeEach, describe, expect, it } from 'vitest';
import { batchPrefix } from '#core/batch/batch-files.ts';
import { chunkName, planChunks } from '#core/batch/chunk.ts';
import { emptyLease, requestTraining } from '#core/registry/lease.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import { describeStatus } from '#lib/pipelines/describe-status.ts';
import { MODEL, Traffic } from '#test/support/replayed.ts';

const NOW = Date.UTC(2026, 0, 1, 12);
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();

let traffic: Traffic;
beforeEach(() => {
  traffic = new Traffic();
});
const look = async () => {
  const executions = { count: async (pipeline: string) => (pipeline === 'ingest-dataset' ? 3 : 1) };
  return describeStatus({ ...traffic, executions }, NOW);
};

/** Asks for a training and has it. */
async function lease(model: string): Promise<void> {
  const request = { by: 'ada', at: ago(60), reason: '', execution: 'run-1' };
  const { next } = requestTraining(emptyLease(model), request, { holder: 'missing' });
  if (next) await traffic.registry.commitLease(next);
}

const batchOf = (batchId: string): Batch => ({
  model: MODEL,
  batchId,
  status: 'running',
  reason: '',
  by: 'ada',
  startedAt: ago(60),
  version: 1,
  dataset: 'trips',
  datasetVersion: 4,
  execution: batchId,
  rows: 30,
  chunks: 2,
  output: batchPrefix({ model: MODEL, batchId }),
});

describe('what runs now', () => {
  it('counts predictions of instances that were heard of in the last 15 seconds', async () => {
    await traffic.addVersion();
    const usage = { seconds: 5, requests: 50, busySeconds: 10 };
    await traffic.registry.recordUsage(MODEL, { instance: 'fresh', at: ago(14), ...usage });
    await traffic.registry.recordUsage(MODEL, { instance: 'idle', at: ago(16), ...usage });
    expect((await look()).models).toMatchObject([
      { model: MODEL, inFlight: 2, requestsPerSecond: 10, instances: 1 },
    ]);
  });

  it('shows a model in its first training, which has no version yet', async () => {
    await lease('fresh');
    await traffic.registry.recordProgress('fresh', 'run-1', {
      state: 'TrainModel',
      done: 1,
      total: 2,
      at: ago(1),
    });
    const { models, totals } = await look();
    expect(models).toMatchObject([
      {
        model: 'fresh',
        champion: null,
        runs: { active: [{ runId: 'run-1', by: 'ada', progress: { done: 1 } }] },
      },
    ]);
    expect(totals.runsActive).toBe(1);
  });

  it('shows a model once, however it is known', async () => {
    await traffic.addVersion();
    await lease(MODEL);
    expect((await look()).models.map(({ model }) => model)).toEqual([MODEL]);
  });

  it('shows how far a batch is, while it runs', async () => {
    await traffic.addVersion();
    const batch = batchOf('b');
    await traffic.registry.recordBatch(batch, undefined);
    const chunks = planChunks([{ rows: 30 }], 20);
    await traffic.store.write(`${batch.output}chunks.json`, JSON.stringify(chunks));
    await traffic.store.write(`${batch.output}${chunkName({ part: 0, chunk: 1 })}.json`, '{}');
    const batches = async () => (await look()).models[0]?.batches;
    expect(await batches()).toEqual([
      {
        batchId: 'b',
        version: 1,
        dataset: 'trips',
        datasetVersion: 4,
        since: ago(60),
        rowsDone: 15,
        rows: 30,
      },
    ]);
    await traffic.registry.recordBatch({ ...batch, status: 'cancelled' }, batch);
    expect(await batches()).toEqual([]);
  });

  it('misses none of a hundred batches that run at once', async () => {
    await traffic.addVersion();
    for (let index = 0; index < 100; index++)
      await traffic.registry.recordBatch(batchOf(`b${index}`), undefined);
    expect((await look()).totals.batches).toBe(100);
  });

  it('counts ingestions and replays', async () => {
    expect((await look()).totals).toMatchObject({ ingestions: 3, replays: 1 });
  });
});
