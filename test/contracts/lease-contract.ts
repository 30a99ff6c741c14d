import { beforeAll, describe, expect, it } from 'vitest';
import { ConflictError, LeaseLostError } from '#core/errors.ts';
import type { Registry } from '#ports/registry.ts';
import { ALL, AT, change, claim, conflicts, leaseOf, run, TWENTY } from './registry-records.ts';

/** What every Registry promises of leases, and of writers that lost theirs. @param open as of the whole contract */
export function leaseContract(open: () => Promise<{ registry: Registry }>): void {
  let registry: Registry;
  const auditOf = async (model: string) => (await registry.audit(model, ALL)).reverse();
  beforeAll(async () => {
    ({ registry } = await open());
  });

  describe('the lease of a model', () => {
    it('is unknown before the first request, and then as it was last stored', async () => {
      expect(await registry.lease('leased')).toBeUndefined();
      await registry.commitLease(leaseOf('leased', 1, 1));
      await registry.commitLease(leaseOf('leased', 2, 0));
      expect(await registry.lease('leased')).toEqual(leaseOf('leased', 2, 0));
    });

    it('makes the model known, though it has no version yet', async () => {
      await registry.commitLease(leaseOf('asked-for', 1, 1));
      await registry.commitLease(leaseOf('asked-for', 2, 0));
      expect((await registry.leasedModels()).filter((model) => model === 'asked-for')).toEqual(['asked-for']);
      expect(await registry.models()).not.toContain('asked-for');
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
