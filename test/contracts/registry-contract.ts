import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError } from '#core/errors.ts';
import type { DatasetVersion, ModelVersion, Rejection, Run, RunProgress } from '#core/registry/records.ts';
import type { Registry } from '#ports/registry.ts';
import { leaseContract } from './lease-contract.ts';
import {
  ALL,
  AT,
  change,
  claim,
  conflicts,
  datasetVersion,
  pointer,
  run,
  TWENTY,
} from './registry-records.ts';
import { retrainingContract } from './retraining-contract.ts';
import { servingContract } from './serving-contract.ts';
import { windowsContract } from './windows-contract.ts';

/**
 * What every Registry promises. Each test has datasets and models of its own.
 * @param open gives an empty registry
 */
export function registryContract(open: () => Promise<{ registry: Registry }>): void {
  let registry: Registry;
  const auditOf = async (model: string) => (await registry.audit(model, ALL)).reverse();
  beforeAll(async () => {
    ({ registry } = await open());
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

    it('keeps numbers as they are, however large or small', async () => {
      const metrics = {
        mse: Math.PI * 1e17,
        whole: 2 ** 60,
        huge: -1e50,
        tiny: 5e-100,
        third: 1 / 3,
        count: 7,
      };
      await registry.recordRun({ ...run('counted', 'run', AT), metrics });
      expect((await registry.run('counted', 'run'))?.metrics).toEqual(metrics);
      const [found] = await registry.runs('counted', ALL);
      expect(found?.metrics).toEqual(metrics);
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

  servingContract(open);
  leaseContract(open);
  retrainingContract(open);
  windowsContract(open);
}
