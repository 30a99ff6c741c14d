import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import { noCounts } from '#core/registry/served-counts.ts';
import { type Batch, LATENCY_BOUNDS, type ServedCounts } from '#core/registry/serving-records.ts';
import type { Registry } from '#ports/registry.ts';
import { ALL, AT, TWENTY } from './registry-records.ts';

const stage = { rollout: 'r', stageIndex: 0 };

/** A request of two rows. */
const one: ServedCounts = {
  ...noCounts(),
  requests: 1,
  rows: 2,
  latency: LATENCY_BOUNDS.map((_, index) => Number(index === 3)).concat(0),
  scores: noCounts().scores.map((_, index) => (index === 19 ? 2 : 0)),
};

const batch = (model: string, batchId: string, startedAt = AT): Batch => ({
  model,
  batchId,
  status: 'running',
  by: 'a person',
  reason: 'a try',
  startedAt,
  version: 1,
  dataset: 'flights',
  datasetVersion: 4,
  execution: batchId,
  rows: 100_000,
  chunks: 2,
  output: `batches/${model}/${batchId}/`,
});

/** What a registry promises of serving. */
export function servingContract(open: () => Promise<{ registry: Registry }>): void {
  let registry: Registry;
  beforeAll(async () => {
    ({ registry } = await open());
  });

  describe('serving', () => {
    it('counts nothing in a stage that served nobody', async () => {
      expect(await registry.served('nobody', stage)).toEqual({ champion: noCounts(), candidate: noCounts() });
    });

    it('loses no count of 20 instances that add at once, and keeps roles, stages and models apart', async () => {
      await Promise.all(TWENTY.map(() => registry.addServed('busy', stage, { candidate: one })));
      await registry.addServed('busy', stage, { champion: { ...one, errors: 1 } });
      await registry.addServed('busy', { ...stage, stageIndex: 1 }, { candidate: one });
      await registry.addServed('busier', stage, { candidate: one });
      const { champion, candidate } = await registry.served('busy', stage);
      expect(candidate).toMatchObject({ requests: 20, rows: 40, errors: 0 });
      expect([candidate.latency[3], candidate.scores[19]]).toEqual([20, 40]);
      expect(candidate.latency.reduce((sum, count) => sum + count)).toBe(20);
      expect(champion).toEqual({ ...one, errors: 1 });
    });

    it('adds nothing when there is nothing to add', async () => {
      await registry.addServed('idle', stage, { candidate: noCounts() });
      expect(await registry.served('idle', stage)).toEqual({ champion: noCounts(), candidate: noCounts() });
    });

    it('keeps the newest usage of each instance, and forgets those not heard of lately', async () => {
      const usage = (instance: string, at: string, requests: number) =>
        registry.recordUsage('used', { instance, at, seconds: 5, requests, busySeconds: 1.5 });
      await usage('a', '2013-01-01T00:00:00.000Z', 1);
      await usage('b', '2013-01-01T00:00:08.000Z', 2);
      await usage('a', '2013-01-01T00:00:10.000Z', 3);
      const since = (at: string) =>
        registry.usage('used', at).then((found) => found.map(({ requests }) => requests));
      expect((await since('2013-01-01T00:00:08.000Z')).sort()).toEqual([2, 3]);
      expect(await since('2013-01-01T00:00:09.000Z')).toEqual([3]);
    });

    it('keeps batches newest first, each as it was last recorded', async () => {
      const [first, second] = [batch('scored', 'z', '2013-01-01T00:00:00.000Z'), batch('scored', 'a')];
      await registry.recordBatch(first, undefined);
      await registry.recordBatch(second, undefined);
      const done = { ...first, status: 'succeeded', finishedAt: AT } as const;
      await registry.recordBatch(done, first);
      expect(await registry.batches('scored', ALL)).toEqual([second, done]);
      expect(await registry.batch('scored', 'z')).toEqual(done);
      expect(await registry.batch('scored', 'none')).toBeUndefined();
    });

    it('changes a batch only from the status that the writer saw', async () => {
      const seen = batch('stopped', 'b');
      await registry.recordBatch(seen, undefined);
      await expect(registry.recordBatch(seen, undefined)).rejects.toThrow(ConflictError);
      await registry.recordBatch({ ...seen, status: 'cancelled' }, seen);
      const late = registry.recordBatch({ ...seen, status: 'succeeded' }, seen);
      await expect(late).rejects.toThrow('batch b of stopped must be running in b');
      expect(await registry.batch('stopped', 'b')).toMatchObject({ status: 'cancelled' });
    });

    it('changes a batch only from the execution that the writer saw', async () => {
      const seen = batch('resumed', 'b');
      await registry.recordBatch(seen, undefined);
      const failed = { ...seen, status: 'failed' } as const;
      await registry.recordBatch(failed, seen);
      const resumed = { ...seen, execution: 'b-resume-1' };
      await registry.recordBatch(resumed, failed);
      await expect(registry.recordBatch({ ...seen, chunks: 7 }, seen)).rejects.toThrow(ConflictError);
      expect(await registry.batch('resumed', 'b')).toEqual(resumed);
    });
  });
}
