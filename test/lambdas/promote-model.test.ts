import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ConflictError, LeaseLostError, NotFoundError } from '#core/errors.ts';
import { freeze } from '#core/registry/change-deployment.ts';
import type { Deployment } from '#core/registry/deployment-records.ts';
import { RolloutSpec } from '#core/spec/rollout.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { handler } from '../../lambdas/promote-model.ts';
import { memory, openMemory, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(openMemory);

/** The next version, approved. */
async function approve(rollout: object = {}) {
  const { store, registry } = memory;
  const runId = `run-${(await registry.modelVersions(run.model, { limit: 99 })).length}`;
  const registered = await registerVersion(store, registry, await leaveRun(store, runId));
  await registry.updateModelVersion({ ...registered, status: 'approved' }, 'registered');
  const spec = await store.write('spec.json', JSON.stringify({ rollout: RolloutSpec.parse(rollout) }));
  const { version, manifest } = registered;
  return { version, approvedSha256: manifest?.sha256 ?? '', prepared: { spec } };
}

const champion = async () => (await memory.registry.deployment(run.model))?.champion?.version;

describe('promote-model', () => {
  it('makes an approved version champion, of none and then of the one it was compared with', async () => {
    const outcome = { outcome: 'promoted', reason: 'run r: passed its gates, approved by policy' };
    expect(await handler({ run, ...(await approve()), comparedWith: null })).toEqual({ ...outcome, rev: 1 });
    expect(await handler({ run, ...(await approve()), comparedWith: 1 })).toEqual({ ...outcome, rev: 2 });
    expect(await champion()).toBe(2);
    expect((await memory.registry.audit(run.model, { limit: 10 }))[0]).toMatchObject({
      from: 1,
      to: 2,
      by: 'a person',
      at: run.asOf,
      reason: 'run r: passed its gates, approved by policy',
    });
  });

  it('refuses a version whose champion changed since it was compared', async () => {
    const [first, second, third] = [await approve(), await approve(), await approve()];
    await handler({ run, ...first, comparedWith: null });
    await handler({ run, ...second, comparedWith: 1 });
    const late = handler({ run, ...third, comparedWith: 1 });
    await expect(late).rejects.toThrow(ConflictError);
    await expect(late).rejects.toThrow(
      'trips-late@3 was compared with version 1, now the champion is version 2: train again',
    );
    expect(await champion()).toBe(2);
  });

  it('refuses a version that was compared with no champion when there is one by now, and the other way round', async () => {
    const [first, second] = [await approve(), await approve()];
    await expect(handler({ run, ...first, comparedWith: 7 })).rejects.toThrow(
      'trips-late@1 was compared with version 7, now the champion is no champion: train again',
    );
    await handler({ run, ...first, comparedWith: null });
    await expect(handler({ run, ...second, comparedWith: null })).rejects.toThrow(
      'trips-late@2 was compared with no champion, now the champion is version 1: train again',
    );
  });

  it('answers the same when it is delivered twice, and changes nothing', async () => {
    const first = await approve();
    const once = await handler({ run, ...first, comparedWith: null });
    expect(await handler({ run, ...first, comparedWith: null })).toEqual(once);
    expect(await memory.registry.audit(run.model, { limit: 10 })).toHaveLength(1);
  });

  it('writes only while the run holds the lease of its model', async () => {
    const first = await approve();
    const promoting = handler({ run: { ...run, token: 4 }, ...first, comparedWith: null });
    await expect(promoting).rejects.toThrow(LeaseLostError);
    expect(await champion()).toBeUndefined();
  });

  it('refuses a version that does not exist, and one whose bundle is not the approved one', async () => {
    const first = await approve();
    await expect(handler({ run, ...first, version: 5, comparedWith: null })).rejects.toThrow(NotFoundError);
    const other = { ...first, approvedSha256: 'x' };
    await expect(handler({ run, ...other, comparedWith: null })).rejects.toThrow(ConflictError);
  });

  const canary = { canary: [{ percent: 10, for: '5 minutes' }] };

  it('leaves a version to its rollout when there is a champion to try it beside', async () => {
    expect(await handler({ run, ...(await approve(canary)), comparedWith: null })).toMatchObject({
      outcome: 'promoted',
    });
    const second = await approve(canary);
    expect(await handler({ run, ...second, comparedWith: 1 })).toMatchObject({ outcome: 'rollout', rev: 1 });
    expect(await champion()).toBe(1);
  });

  it('says again that the champion was promoted, also when its spec wants a rollout', async () => {
    const first = await approve(canary);
    const once = await handler({ run, ...first, comparedWith: null });
    expect(await handler({ run, ...first, comparedWith: null })).toEqual(once);
  });

  it('changes nothing while the deployment is frozen', async () => {
    await handler({ run, ...(await approve()), comparedWith: null });
    const current = (await memory.registry.deployment(run.model)) as Deployment;
    const frozen = freeze(current, { by: 'a person', at: run.asOf, reason: 'sale' });
    if (frozen) await memory.registry.commitDeployment(frozen);
    expect(await handler({ run, ...(await approve()), comparedWith: 1 })).toMatchObject({
      outcome: 'held',
      rev: 2,
    });
    expect(await champion()).toBe(1);
  });
});
