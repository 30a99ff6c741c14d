import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError, LeaseLostError } from '#core/errors.ts';
import { emptyLease } from '#core/registry/lease.ts';
import type {
  DatasetVersion,
  DeploymentChange,
  ModelVersion,
  ObjectPointer,
  Rejection,
  Run,
  RunProgress,
  TrainingLease,
} from '#core/registry/records.ts';
import type { Registry } from '#ports/registry.ts';

const AT = '2026-01-01T00:00:00.000Z';
const TWENTY = Array.from({ length: 20 }, (_, index) => index + 1);
const ALL = { limit: 1000 };

const pointer = (key: string): ObjectPointer => ({ key, versionId: 'v1', size: 3, sha256: `sha of ${key}` });

const datasetVersion = (dataset: string, version: number, part = `part ${version}`): DatasetVersion => ({
  dataset,
  version,
  createdAt: AT,
  specHash: 'spec',
  rows: version * 10,
  parts: version,
  added: { sha256: part, rows: 10, source: `s3://incoming/${part}` },
  manifest: pointer(`${dataset}/${version}`),
});

const claim = (model: string, runId: string): Omit<ModelVersion, 'version' | 'status'> => ({
  model,
  runId,
  createdAt: AT,
  specHash: 'spec',
  datasets: { flights: 3 },
  metrics: { auc: 0.7 },
});

const change = (model: string, expectedRev: number, by = 'anna'): DeploymentChange => {
  const rev = expectedRev + 1;
  const champion = { version: rev, manifest: pointer(`${model}/${rev}`) };
  return {
    expectedRev,
    next: { model, rev, champion, changedAt: AT },
    audit: { model, rev, at: AT, by, action: 'promote', from: null, to: rev, reason: 'better' },
  };
};

const run = (model: string, runId: string, startedAt: string): Run => ({
  model,
  runId,
  pipeline: 'train-model',
  status: 'running',
  startedAt,
  by: 'anna',
});

/** The lease after its `rev`-th change, held with the token; 0: by nobody. */
const leaseOf = (model: string, rev: number, token: number): TrainingLease => ({
  ...emptyLease(model),
  rev,
  token,
  holder: token
    ? { token, state: 'training', runId: `run ${token}`, execution: `run ${token}`, requests: [] }
    : null,
});

/** How many of the writes were too late; fails when one failed for another reason. */
async function conflicts(writes: readonly Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(writes);
  const lost = settled.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  for (const reason of lost) expect(reason).toBeInstanceOf(ConflictError);
  return lost.length;
}

/**
 * What every Registry promises. Each test has datasets and models of its own.
 * @param open gives an empty registry, and a model's audit records as they are stored
 */
export function registryContract(
  open: () => Promise<{ registry: Registry; auditOf(model: string): Promise<unknown[]> }>,
): void {
  let registry: Registry;
  let auditOf: (model: string) => Promise<unknown[]>;
  beforeAll(async () => {
    ({ registry, auditOf } = await open());
  });

  describe('datasets', () => {
    it('has nothing of a dataset that nobody dropped into', async () => {
      expect(await registry.latestDatasetVersion('none')).toBeUndefined();
      expect(await registry.datasetVersion('none', 1)).toBeUndefined();
      expect(await registry.versionOfPart('none', 'part 1')).toBeUndefined();
      expect(await registry.datasetVersions('none', ALL)).toEqual([]);
      expect(await registry.rejections('none', ALL)).toEqual([]);
    });

    it('gives versions back as they were added, newest first, beyond 9 and page by page', async () => {
      const versions = [...TWENTY, 21].map((version) => datasetVersion('counted', version));
      for (const version of versions) await registry.addDatasetVersion(version);
      expect(await registry.datasetVersions('counted', ALL)).toEqual([...versions].reverse());
      expect((await registry.datasetVersions('counted', { limit: 3 })).map(({ version }) => version)).toEqual(
        [21, 20, 19],
      );
      expect(await registry.latestDatasetVersion('counted')).toEqual(versions[20]);
      expect(await registry.datasetVersion('counted', 9)).toEqual(versions[8]);
    });

    it('lets one of 20 writers take a version number, and keeps nothing of the others', async () => {
      const writes = TWENTY.map((index) => datasetVersion('contested', 1, `part of ${index}`));
      expect(await conflicts(writes.map((version) => registry.addDatasetVersion(version)))).toBe(19);
      const winner = (await registry.datasetVersion('contested', 1)) as DatasetVersion;
      const known = await Promise.all(
        writes.map(({ added }) => registry.versionOfPart('contested', added.sha256)),
      );
      expect(known).toEqual(
        writes.map(({ added }) => (added.sha256 === winner.added.sha256 ? 1 : undefined)),
      );
    });

    it('knows which version a part belongs to, the newest one when it came back', async () => {
      await registry.addDatasetVersion(datasetVersion('parts', 1, 'a'));
      await registry.addDatasetVersion(datasetVersion('parts', 2, 'b'));
      expect(await registry.versionOfPart('parts', 'a')).toBe(1);
      await registry.addDatasetVersion(datasetVersion('parts', 3, 'a'));
      expect(await registry.versionOfPart('parts', 'a')).toBe(3);
    });

    it('keeps rejections newest first, and one that is recorded twice once', async () => {
      const rejections = [3, 1, 2].map(
        (minute): Rejection => ({
          dataset: 'refused',
          id: `drop ${minute}`,
          rejectedAt: `2026-01-01T00:0${minute}:00.000Z`,
          source: 's3://incoming/x',
          rules: ['type'],
          reportKey: 'report',
        }),
      );
      for (const rejection of [...rejections, ...rejections]) await registry.recordRejection(rejection);
      expect((await registry.rejections('refused', ALL)).map(({ id }) => id)).toEqual([
        'drop 3',
        'drop 2',
        'drop 1',
      ]);
      expect(await registry.rejections('refused', { limit: 1 })).toEqual([rejections[0]]);
      expect(await registry.datasetVersions('refused', ALL)).toEqual([]);
    });
  });

  describe('models', () => {
    it('has nothing of a model that was never trained', async () => {
      expect(await registry.modelVersion('none', 1)).toBeUndefined();
      expect(await registry.deployment('none')).toBeUndefined();
      expect(await registry.modelVersions('none', ALL)).toEqual([]);
      expect(await registry.runs('none', ALL)).toEqual([]);
      expect(await registry.models()).not.toContain('none');
    });

    it('gives a run the next number, and the same one however often it asks', async () => {
      const first = await registry.claimModelVersion(claim('numbered', 'run a'));
      expect(first).toEqual({ ...claim('numbered', 'run a'), version: 1, status: 'claimed' });
      expect((await registry.claimModelVersion(claim('numbered', 'run b'))).version).toBe(2);
      expect(await registry.claimModelVersion(claim('numbered', 'run a'))).toEqual(first);
      const again = TWENTY.map(() => registry.claimModelVersion(claim('numbered', 'run c')));
      expect(new Set((await Promise.all(again)).map(({ version }) => version))).toEqual(new Set([3]));
      expect(await registry.models()).toContain('numbered');
    });

    it('gives 20 runs at once 20 numbers without a gap', async () => {
      const claims = TWENTY.map((index) => registry.claimModelVersion(claim('crowded', `run ${index}`)));
      const numbers = (await Promise.all(claims)).map(({ version }) => version);
      expect(numbers.sort((a, b) => a - b)).toEqual(TWENTY);
      const stored = await registry.modelVersions('crowded', ALL);
      expect(stored.map(({ version }) => version)).toEqual([...TWENTY].reverse());
      expect((await registry.modelVersions('crowded', { limit: 2 })).map(({ version }) => version)).toEqual([
        20, 19,
      ]);
    });

    it('changes a version only from the status that the writer saw', async () => {
      const claimed = await registry.claimModelVersion(claim('stepped', 'run'));
      const registered: ModelVersion = { ...claimed, status: 'registered', manifest: pointer('stepped/1') };
      await registry.updateModelVersion(registered, 'claimed');
      const late = registry.updateModelVersion({ ...claimed, status: 'refused' }, 'claimed');
      await expect(late).rejects.toThrow(ConflictError);
      await expect(late).rejects.toThrow('stepped@1 must have status claimed');
      expect(await registry.modelVersion('stepped', 1)).toEqual(registered);
      expect(await registry.claimModelVersion(claim('stepped', 'run'))).toEqual(registered);
    });

    it('moves the pointer and writes the audit record together', async () => {
      const [first, second] = [change('deployed', 0), change('deployed', 1)];
      expect(await registry.commitDeployment(first)).toEqual(first.next);
      expect(await registry.commitDeployment(second)).toEqual(second.next);
      expect(await registry.deployment('deployed')).toEqual(second.next);
      expect(await auditOf('deployed')).toEqual([first.audit, second.audit]);
    });

    it('refuses a change whose rev is stale, and leaves nothing of it, not even its audit record', async () => {
      const [first, second] = [change('stale', 0), change('stale', 1)];
      await registry.commitDeployment(first);
      await registry.commitDeployment(second);
      const early = change('stale', 0, 'too early');
      const ahead = change('stale', 7, 'too far');
      await expect(registry.commitDeployment(early)).rejects.toThrow(ConflictError);
      await expect(registry.commitDeployment(ahead)).rejects.toThrow('rev of stale must be 7');
      expect(await registry.deployment('stale')).toEqual(second.next);
      expect(await auditOf('stale')).toEqual([first.audit, second.audit]);
    });

    it('refuses a change of a deployment that does not exist', async () => {
      await expect(registry.commitDeployment(change('unborn', 3))).rejects.toThrow(ConflictError);
      expect(await registry.deployment('unborn')).toBeUndefined();
      expect(await auditOf('unborn')).toEqual([]);
    });

    it('lets one of 20 promoters win', async () => {
      await registry.commitDeployment(change('raced', 0));
      const rivals = TWENTY.map((index) => change('raced', 1, `rival ${index}`));
      expect(await conflicts(rivals.map((rival) => registry.commitDeployment(rival)))).toBe(19);
      expect(await auditOf('raced')).toHaveLength(2);
      expect(await registry.deployment('raced')).toMatchObject({ rev: 2 });
    });

    it('keeps a run once, as it was last recorded, newest first and page by page', async () => {
      const starts = TWENTY.map((minute) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`);
      for (const [index, startedAt] of starts.entries()) {
        await registry.recordRun(run('ran', `run ${index}`, startedAt));
      }
      const failed: Run = {
        ...run('ran', 'run 19', starts[19] as string),
        status: 'failed',
        error: { name: 'NotFeasibleError', message: 'too few rows' },
      };
      await registry.recordRun(failed);
      expect(await registry.runs('ran', { limit: 1 })).toEqual([failed]);
      expect((await registry.runs('ran', ALL)).map(({ runId }) => runId)).toEqual(
        [...TWENTY].reverse().map((index) => `run ${index - 1}`),
      );
    });

    it('finds a run by its id, as it was last recorded', async () => {
      const first = run('found', 'run a', AT);
      await registry.recordRun(first);
      await registry.recordRun(run('found', 'run b', AT));
      expect(await registry.run('found', 'run a')).toEqual(first);
      await registry.recordRun({ ...first, status: 'succeeded', version: 4 });
      expect(await registry.run('found', 'run a')).toEqual({ ...first, status: 'succeeded', version: 4 });
      expect(await registry.run('found', 'run')).toBeUndefined();
      expect(await registry.run('lost', 'run a')).toBeUndefined();
      expect(await registry.runs('found', ALL)).toHaveLength(2);
    });

    it('never lets a run begin again at another time, which would make two of it', async () => {
      const first = run('begun', 'run', AT);
      await registry.recordRun(first);
      const again = registry.recordRun({ ...first, startedAt: '2026-01-02T00:00:00.000Z' });
      await expect(again).rejects.toThrow(ConflictError);
      await expect(again).rejects.toThrow('run run of begun began at');
      expect(await registry.runs('begun', ALL)).toEqual([first]);
    });

    it('keeps the newest progress of each run', async () => {
      const progress = (done: number): RunProgress => ({
        state: 'TrainModel',
        done,
        total: 300,
        metric: { name: 'auc', value: 0.7, best: 0.71 },
        at: AT,
      });
      await registry.recordProgress('moving', 'run a', progress(10));
      await registry.recordProgress('moving', 'run b', progress(99));
      await registry.recordProgress('moving', 'run a', progress(20));
      expect(await registry.progress('moving', 'run a')).toEqual(progress(20));
      expect(await registry.progress('moving', 'run c')).toBeUndefined();
      expect(await registry.runs('moving', ALL)).toEqual([]);
    });

    it('reads on where the database ends a page', async () => {
      const verdict = ['long'.repeat(60_000)];
      const runs = TWENTY.slice(0, 6).map((minute) => ({
        ...run('verbose', `run ${minute}`, `2026-01-01T00:0${minute}:00.000Z`),
        verdict,
      }));
      for (const each of runs) await registry.recordRun(each);
      expect((await registry.runs('verbose', ALL)).map(({ runId }) => runId)).toEqual(
        runs.map(({ runId }) => runId).reverse(),
      );
    });

    it('keeps models apart, also when one name begins another', async () => {
      await registry.claimModelVersion(claim('late', 'run'));
      await registry.claimModelVersion(claim('late-2', 'run'));
      expect(await registry.modelVersions('late', ALL)).toHaveLength(1);
      expect(await registry.deployment('late')).toBeUndefined();
    });
  });

  describe('the lease of a model', () => {
    it('is unknown before the first request, and then as it was last stored', async () => {
      expect(await registry.lease('leased')).toBeUndefined();
      await registry.commitLease(leaseOf('leased', 1, 1));
      await registry.commitLease(leaseOf('leased', 2, 0));
      expect(await registry.lease('leased')).toEqual(leaseOf('leased', 2, 0));
    });

    it('is not stored over a change that the writer did not see', async () => {
      await registry.commitLease(leaseOf('swapped', 1, 1));
      await registry.commitLease(leaseOf('swapped', 2, 2));
      for (const rev of [1, 2, 4]) {
        const late = registry.commitLease(leaseOf('swapped', rev, 9));
        await expect(late).rejects.toThrow(ConflictError);
        await expect(late).rejects.toThrow(`rev of the lease of swapped must be ${rev - 1}`);
      }
      expect(await registry.lease('swapped')).toEqual(leaseOf('swapped', 2, 2));
    });

    it('lets one of 20 writers change it', async () => {
      const writes = TWENTY.map((token) => registry.commitLease(leaseOf('fought', 1, token)));
      expect(await conflicts(writes)).toBe(19);
    });
  });

  describe.each([
    ['another run holds it', 2],
    ['nobody holds it', 0],
    ['it was never held', undefined],
  ] as const)('a writer that lost the lease, when %s,', (_, holder) => {
    const model = `fenced-${holder}`;
    const fence = { model, token: 1 };
    beforeAll(async () => {
      if (holder === undefined) return;
      await registry.commitLease(leaseOf(model, 1, 1));
      await registry.commitLease(leaseOf(model, 2, holder));
    });

    /** Fails for the lease, and only for it. */
    async function fails(write: Promise<unknown>): Promise<void> {
      await expect(write).rejects.toThrow(LeaseLostError);
      await expect(write).rejects.toThrow(`token 1 no longer holds the lease of ${model}`);
    }

    it('gets no version number', async () => {
      await fails(registry.claimModelVersion(claim(model, 'late'), fence));
      expect(await registry.modelVersions(model, ALL)).toEqual([]);
      expect(await registry.models()).not.toContain(model);
    });

    it('changes no version', async () => {
      const claimed = await registry.claimModelVersion(claim(model, 'run'));
      await fails(registry.updateModelVersion({ ...claimed, status: 'registered' }, 'claimed', fence));
      expect(await registry.modelVersion(model, 1)).toEqual(claimed);
    });

    it('moves no pointer and writes no audit record', async () => {
      await fails(registry.commitDeployment(change(model, 0), fence));
      expect(await registry.deployment(model)).toBeUndefined();
      expect(await auditOf(model)).toEqual([]);
    });

    it('says nothing about a run', async () => {
      await fails(registry.recordRun(run(model, 'late', AT), fence));
      expect(await registry.run(model, 'late')).toBeUndefined();
      expect(await registry.runs(model, ALL)).toEqual([]);
    });

    it('learns that before it learns of any other conflict', async () => {
      await fails(registry.commitDeployment(change(model, 5), fence));
    });
  });

  it('a writer that holds the lease writes everything, also while others queue for it', async () => {
    const fence = { model: 'holding', token: 1 };
    await registry.commitLease(leaseOf('holding', 1, 1));
    const queue = async () => {
      for (let rev = 2; rev <= 20; rev++) await registry.commitLease(leaseOf('holding', rev, 1));
    };
    const write = async () => {
      const claimed = await registry.claimModelVersion(claim('holding', 'run'), fence);
      await registry.updateModelVersion({ ...claimed, status: 'registered' }, 'claimed', fence);
      await registry.commitDeployment(change('holding', 0), fence);
      await registry.recordRun(run('holding', 'run', AT), fence);
    };
    await Promise.all([queue(), write()]);
    expect(await registry.modelVersion('holding', 1)).toMatchObject({ status: 'registered' });
    expect(await registry.deployment('holding')).toMatchObject({ rev: 1 });
    expect(await registry.run('holding', 'run')).toBeDefined();
  });
}
