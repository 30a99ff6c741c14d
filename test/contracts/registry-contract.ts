import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import type {
  DatasetVersion,
  DeploymentChange,
  ModelVersion,
  ObjectPointer,
  Rejection,
  Run,
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
}
