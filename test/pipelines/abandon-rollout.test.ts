import { beforeEach, describe, expect, it } from 'vitest';
import { abandonRollout } from '#lib/pipelines/abandon-rollout.ts';
import { later, MODEL, World } from '#test/support/rollout-world.ts';

let world: World;
let published: object[];
let refuses = false;
beforeEach(async () => {
  world = await World.open();
  await world.begin('r', await world.approve());
  [published, refuses] = [[], false];
});

const events = {
  publish: async (_type: string, detail: object) => {
    if (refuses) throw new Error('the bus is down');
    published.push(detail);
  },
};
const abandon = (id: string, at = 60) =>
  abandonRollout({ registry: world.registry, events }, { model: MODEL, id, now: later(at) }, 'TIMED_OUT');

describe('a rollout whose execution died', () => {
  it('has its challenger taken back, and the bus is told', async () => {
    await abandon('r');
    expect((await world.deployment())?.rollout).toBeUndefined();
    expect((await world.deployment())?.champion?.version).toBe(1);
    expect(published).toEqual([
      expect.objectContaining({
        action: 'rollback',
        champion: 1,
        challenger: 2,
        reason: 'rollout r: nobody watches it any more: its execution ended as TIMED_OUT',
      }),
    ]);
  });

  it('is told of again when the bus did not take it, and changed once', async () => {
    refuses = true;
    await expect(abandon('r')).rejects.toThrow('the bus is down');
    refuses = false;
    await abandon('r', 90);
    expect(published).toEqual([expect.objectContaining({ action: 'rollback', asOf: later(60) })]);
    expect(await world.audit()).toHaveLength(3);
  });

  it('leaves another rollout alone, and one that ended by itself', async () => {
    await abandon('another');
    expect((await world.deployment())?.rollout?.id).toBe('r');
    await world.begin('s', await world.approve());
    await abandon('r');
    expect((await world.deployment())?.rollout?.id).toBe('s');
    expect(published).toEqual([]);
  });
});
