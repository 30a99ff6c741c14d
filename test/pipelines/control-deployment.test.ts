import { beforeEach, describe, expect, it } from 'vitest';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { controlDeployment, type DeploymentWish } from '#lib/pipelines/control-deployment.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import { leaveRun } from '#test/support/bundle.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

const MODEL = 'trips-late';
const by = { model: MODEL, by: 'a person', at: '2013-02-01T00:00:00.000Z', reason: 'because' };

let registry: MemoryRegistry;
let published: object[];

beforeEach(async () => {
  registry = new MemoryRegistry();
  published = [];
  const store = new MemoryStore();
  for (const status of ['approved', 'approved', 'refused'] as const) {
    const runId = `run-${(await registry.modelVersions(MODEL, { limit: 9 })).length}`;
    const version: ModelVersion = await registerVersion(store, registry, await leaveRun(store, runId));
    await registry.updateModelVersion({ ...version, status }, 'registered');
  }
});

const control = (wish: Pick<DeploymentWish, 'action'> & Partial<DeploymentWish>) =>
  controlDeployment(
    { registry, events: { publish: async (_type, detail) => void published.push(detail) } },
    { ...by, ...wish },
  );

describe('controlDeployment', () => {
  it('promotes, rolls back, and tells the bus of each change', async () => {
    await control({ action: 'promote', version: 1 });
    expect(await control({ action: 'promote', version: 2 })).toMatchObject({
      rev: 2,
      champion: { version: 2 },
    });
    expect(await control({ action: 'rollback' })).toMatchObject({ rev: 3, champion: { version: 1 } });
    expect(published).toMatchObject([
      { action: 'promote', champion: 1, rev: 1 },
      { action: 'promote', champion: 2, rev: 2 },
      { action: 'rollback', champion: 1, rev: 3, by: 'a person', reason: 'because', asOf: by.at },
    ]);
  });

  it('tells of nothing when nothing changed', async () => {
    await control({ action: 'promote', version: 1 });
    expect(await control({ action: 'promote', version: 1 })).toMatchObject({ rev: 1 });
    expect(published).toHaveLength(1);
  });

  it('freezes and lifts', async () => {
    await control({ action: 'promote', version: 1 });
    await control({ action: 'freeze' });
    await expect(control({ action: 'promote', version: 2 })).rejects.toThrow('frozen by a person');
    await control({ action: 'unfreeze' });
    expect(await control({ action: 'promote', version: 2 })).toMatchObject({ champion: { version: 2 } });
  });

  it('refuses what no gate approved, and what does not exist', async () => {
    await expect(control({ action: 'promote', version: 3 })).rejects.toThrow(ConflictError);
    await expect(control({ action: 'promote', version: 9 })).rejects.toThrow(
      new NotFoundError('model trips-late has no version 9'),
    );
    await expect(control({ action: 'rollback', model: 'none' })).rejects.toThrow(NotFoundError);
  });

  it('changes nothing when the rev is not the one that was looked at', async () => {
    await control({ action: 'promote', version: 1 });
    await expect(control({ action: 'promote', version: 2, rev: 0 })).rejects.toThrow(
      'rev of trips-late must be 0, got 1: look again, then decide',
    );
    expect(await control({ action: 'promote', version: 2, rev: 1 })).toMatchObject({ rev: 2 });
  });

  it('gets through when others change the deployment at the same time', async () => {
    await control({ action: 'promote', version: 1 });
    const commit = registry.commitDeployment.bind(registry);
    let rivals = 3;
    registry.commitDeployment = async (change) => {
      if (rivals-- > 0) {
        await commit({ ...change, next: { ...change.next, champion: null }, audit: { ...change.audit } });
        throw new ConflictError('another was first');
      }
      return commit(change);
    };
    expect(await control({ action: 'freeze' })).toMatchObject({ frozen: { reason: 'because' } });
  });
});
