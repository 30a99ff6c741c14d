import { beforeEach, describe, expect, it, vi } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { World } from '#test/support/rollout-world.ts';
import { handler as begin } from '../../lambdas/begin-rollout.ts';
import { handler as judge } from '../../lambdas/judge-rollout.ts';
import { memory, openMemory } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

const rollout = { model: 'trips-late', id: 'r' };
let world: World;
beforeEach(async () => {
  openMemory();
  process.env.PACE = '60';
  world = await World.open();
  [memory.store, memory.registry] = [world.store, world.registry];
});

/** As Step Functions hands it on. */
const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

async function beginRollout() {
  const candidate = await world.approve();
  return asJson(await begin({ ...rollout, ...candidate, comparedWith: 1, by: 'anna', reason: 'passed' }));
}

describe('begin-rollout and judge-rollout', () => {
  it('begin with the plan of the version’s own spec, and look by it in the environment’s pace', async () => {
    const { step, plan } = await beginRollout();
    expect(step).toMatchObject({ decision: 'begun', stageIndex: 0, waitSeconds: 1, changed: { by: 'anna' } });
    const looked = await judge({ ...rollout, plan, stageIndex: 0, look: 1 });
    expect(asJson(looked)).toMatchObject({ decision: 'wait', waitSeconds: 1, changed: null });
    expect((await world.deployment())?.rollout?.id).toBe('r');
  });

  it('refuse what is no request, naming the fields', async () => {
    await expect(begin({ ...rollout, version: 2 })).rejects.toThrow(InvalidInputError);
    await expect(begin({ ...rollout, version: 2 })).rejects.toThrow(
      /approvedSha256.*comparedWith.*by.*reason/s,
    );
    const { plan } = await beginRollout();
    await expect(
      judge({ ...rollout, plan: { ...plan, task: 'other' }, stageIndex: 0, look: 1 }),
    ).rejects.toThrow(/plan\.task/);
  });
});
