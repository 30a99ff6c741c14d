import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { beginRollout, nextStage, rollBack } from '#core/registry/change-deployment.ts';
import type { Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
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
let publishing: () => Promise<void>;

beforeEach(async () => {
  registry = new MemoryRegistry();
  published = [];
  publishing = async () => {};
  const store = new MemoryStore();
  for (const status of ['approved', 'approved', 'refused', 'approved'] as const) {
    const runId = `run-${(await registry.modelVersions(MODEL, { limit: 9 })).length}`;
    const version: ModelVersion = await registerVersion(store, registry, await leaveRun(store, runId));
    await registry.updateModelVersion({ ...version, status }, 'registered');
  }
});

const control = (wish: Pick<DeploymentWish, 'action'> & Partial<DeploymentWish>) =>
  controlDeployment(
    {
      registry,
      events: {
        publish: async (_type, detail) => {
          await publishing();
          published.push(detail);
        },
      },
    },
    { ...by, ...wish },
  );

/** Version 2 is champion after version 1, and version 4 is tried. */
async function tryVersion4(): Promise<void> {
  await control({ action: 'promote', version: 1 });
  await control({ action: 'promote', version: 2 });
  const version = (await registry.modelVersion(MODEL, 4)) as ModelVersion;
  const approvedSha256 = version.manifest?.sha256 ?? '';
  const start = { ...by, version, approvedSha256, id: 'r', stage: { kind: 'shadow' } } as const;
  await commit(beginRollout((await registry.deployment(MODEL)) as Deployment, start));
}

const commit = async (change: DeploymentChange | undefined) => {
  if (change) await registry.commitDeployment(change);
};

/** Somebody else's change is made between the next reading of the deployment and what is made of it. */
function rival(changeOf: (current: Deployment) => DeploymentChange | undefined): void {
  const read = registry.deployment.bind(registry);
  registry.deployment = async (model) => {
    registry.deployment = read;
    const current = (await read(model)) as Deployment;
    await commit(changeOf(current));
    return current;
  };
}

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

  it('rolls nothing else back when another was first to take the challenger back', async () => {
    await tryVersion4();
    rival((current) => rollBack(current, { ...by, by: 'the judge' }));
    await expect(control({ action: 'rollback' })).rejects.toThrow(
      new ConflictError(
        'trips-late: version 4, tried by rollout r, was to be taken back; meanwhile others changed the deployment, ' +
          'and it would be version 2, the champion: look again, then decide',
      ),
    );
    expect((await registry.deployment(MODEL))?.champion?.version).toBe(2);
  });

  it('rolls the challenger back though its rollout moves', async () => {
    await tryVersion4();
    const stage = { kind: 'canary', percent: 10 } as const;
    rival((current) => nextStage(current, { ...by, id: 'r', stage, stageIndex: 1 }));
    const { rollout, champion } = await control({ action: 'rollback' });
    expect([rollout, champion?.version]).toEqual([undefined, 2]);
  });

  it('says that a change was made though the bus cannot be told, which is tried again and logged', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    onTestFinished(() => error.mockRestore());
    let failures = 3;
    publishing = async () => {
      if (failures-- > 0) throw new Error('it is down');
    };
    await control({ action: 'promote', version: 1 });
    expect([published.length, error.mock.calls.length]).toEqual([1, 0]);
    failures = Infinity;
    expect(await control({ action: 'promote', version: 2 })).toMatchObject({ rev: 2 });
    expect(error.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([
      { level: 'ERROR', detail: { model: MODEL, action: 'promote', champion: 2, rev: 2 } },
    ]);
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
