import { describe, expect, it } from 'vitest';
import { ConflictError, InvalidInputError, NotFoundError } from '#core/errors.ts';
import { SCORE_BINS } from '#core/registry/serving-records.ts';
import { logged, STAGES, World } from '#test/support/rollout-world.ts';

describe('a rollout', () => {
  it('begins with the first stage of the version’s own spec, and leaves the champion answering', async () => {
    const world = await World.open({ rollout: { ...STAGES, stickTo: 'city' } });
    const { step, plan } = await world.begin('r', await world.approve());
    expect(step).toMatchObject({ decision: 'begun', stageIndex: 0, waitSeconds: 6 });
    expect(plan.rollout.canary).toEqual(STAGES.canary);
    const deployment = await world.deployment();
    expect(deployment?.champion?.version).toBe(1);
    expect(deployment?.rollout).toMatchObject({ id: 'r', stage: { kind: 'shadow' }, stickTo: 'city' });
    expect(deployment?.rollout?.candidate.version).toBe(2);
  });

  it('is refused for a version that does not exist, and for one whose spec has no stages', async () => {
    const world = await World.open({});
    await expect(world.begin('r', { version: 9, approvedSha256: 'x' })).rejects.toThrow(NotFoundError);
    await expect(world.begin('r', await world.approve())).rejects.toThrow(InvalidInputError);
  });

  it('is refused when the champion is not the one that the version was compared with', async () => {
    const world = await World.open();
    const candidate = await world.approve();
    const late = world.begin('r', candidate, 7);
    await expect(late).rejects.toThrow(ConflictError);
    await expect(late).rejects.toThrow(
      'trips-late@2 was compared with version 7, now the champion is 1: train again',
    );
  });

  it('is refused when the bundle is not the approved one', async () => {
    const world = await World.open();
    const { version } = await world.approve();
    await expect(world.begin('r', { version, approvedSha256: 'other' })).rejects.toThrow(ConflictError);
  });
});

describe('scores of a regression', () => {
  const regression = { task: 'regression', label: 'delay', rollout: STAGES } as const;
  const values = Array.from({ length: 400 }, (_, index) => ({ value: index }));

  it('are counted in bins that hold as many of the champion’s newest predictions each', async () => {
    const world = await World.open(regression);
    await world.deliver('predictions', [
      ...logged(1, 'champion', values, -60),
      ...logged(2, 'shadow', [{ value: 1e9 }], -60),
    ]);
    await world.begin('r', await world.approve());
    const edges = (await world.deployment())?.rollout?.scoreEdges ?? [];
    expect(edges).toHaveLength(SCORE_BINS - 1);
    const counts = edges.map(
      (edge, index) => values.filter(({ value }) => value < edge && value >= (edges[index - 1] ?? 0)).length,
    );
    for (const count of counts) expect(Math.abs(count - 20)).toBeLessThanOrEqual(1);
  });

  it('are binned by the newest thousands, and no more is read of the log for them', async () => {
    const world = await World.open(regression);
    const many = Array.from({ length: 5000 }, (_, index) => ({ value: index }));
    await world.deliver('predictions', logged(1, 'champion', many, -60), 'newest');
    for (let older = 0; older < 20; older++)
      await world.deliver('predictions', logged(1, 'champion', [{ value: 1e9 }], -70), `a${older + 10}`);
    const read = world.store.read.bind(world.store);
    const objects: string[] = [];
    world.store.read = async (key, version) => {
      if (key.startsWith('predictions/')) objects.push(key);
      return read(key, version);
    };
    await world.begin('r', await world.approve());
    expect((await world.deployment())?.rollout?.scoreEdges?.at(-1)).toBeLessThan(5000);
    expect(objects.length).toBeLessThan(21);
  });

  it('have no bins where too few were predicted, and are not judged then', async () => {
    const world = await World.open(regression);
    await world.deliver('predictions', logged(1, 'champion', values.slice(0, 50), -60));
    await world.begin('r', await world.approve());
    expect((await world.deployment())?.rollout?.scoreEdges).toBeUndefined();
    expect((await world.look('r', 30)).notes).toContain(
      'scores not judged: too few logged predictions to make bins of when the rollout began',
    );
  });
});
