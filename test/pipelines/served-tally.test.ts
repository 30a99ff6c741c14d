import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { noCounts } from '#core/registry/served-counts.ts';
import { ServedTally } from '#lib/pipelines/served-tally.ts';
import { DrivenTimer } from '#test/support/driven-timer.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';

const MODEL = 'trips-late';
const stage = { rollout: 'r', stageIndex: 0 };
const one = { ...noCounts(), requests: 1 };

/** A tally whose registry takes `ms` and fails while it is told to. */
function openTally() {
  const registry = new MemoryRegistry();
  const timer = new DrivenTimer();
  const world = { down: false, ms: 0, calls: 0 };
  const tally = new ServedTally(
    MODEL,
    {
      addServed: async (...added) => {
        world.calls++;
        if (world.ms > 0) await new Promise<void>((done) => timer.after(world.ms, done));
        if (world.down) throw new Error('it is down');
        await registry.addServed(...added);
      },
    },
    timer,
  );
  const counted = async (at = stage) => {
    const { champion, candidate } = await registry.served(MODEL, at);
    return [champion.requests, candidate.requests];
  };
  return { tally, timer, world, counted };
}

describe('what an instance served', () => {
  it('is known at once for its first request, and within a second for those that follow', async () => {
    const { tally, timer, world, counted } = openTally();
    tally.add(stage, 'candidate', one);
    await timer.pass(0);
    expect(await counted()).toEqual([0, 1]);
    for (let request = 0; request < 50; request++) tally.add(stage, 'candidate', one);
    await timer.pass(999);
    expect([await counted(), world.calls]).toEqual([[0, 1], 1]);
    await timer.pass(1);
    expect([await counted(), world.calls]).toEqual([[0, 51], 2]);
  });

  it('is kept apart by role and stage', async () => {
    const { tally, timer, counted } = openTally();
    tally.add(stage, 'champion', one);
    tally.add(stage, 'candidate', one);
    tally.add({ ...stage, stageIndex: 1 }, 'candidate', one);
    await timer.pass(2000);
    expect(await counted()).toEqual([1, 1]);
    expect(await counted({ ...stage, stageIndex: 1 })).toEqual([0, 1]);
  });

  it('is not lost while the registry fails, and not counted twice', async () => {
    const { tally, timer, world, counted } = openTally();
    world.down = true;
    for (let request = 0; request < 10; request++) {
      tally.add(stage, 'champion', one);
      await timer.pass(300);
    }
    expect(await counted()).toEqual([0, 0]);
    world.down = false;
    await timer.pass(1000);
    expect(await counted()).toEqual([10, 0]);
    await timer.pass(10_000);
    expect(await counted()).toEqual([10, 0]);
  });

  it('is handed over by one call at a time, however slow the registry is', async () => {
    const { tally, timer, world, counted } = openTally();
    world.ms = 3000;
    for (let request = 0; request < 29; request++) {
      tally.add(stage, 'champion', one);
      await timer.pass(100);
    }
    expect(world.calls).toBe(1);
    await timer.pass(10_000);
    expect([await counted(), world.calls]).toEqual([[29, 0], 2]);
  });

  it('names what a version failed with, once a stage, and no value of a row', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    onTestFinished(() => warn.mockRestore());
    const { tally } = openTally();
    for (const row of ['anna', 'bob'])
      tally.addError(stage, 'candidate', new RangeError(`${row} is too tall`));
    tally.addError({ ...stage, stageIndex: 1 }, 'candidate', new RangeError('carl is too tall'));
    const told = warn.mock.calls.map(([line]) => JSON.parse(line));
    expect(told).toEqual(
      [0, 1].map((stageIndex) => ({
        level: 'WARN',
        message: 'the candidate of a rollout could not answer',
        model: MODEL,
        rollout: 'r',
        stageIndex,
        cause: 'RangeError',
      })),
    );
  });

  it('costs nothing when nothing is served', async () => {
    const { timer, world } = openTally();
    await timer.pass(60_000);
    expect(world.calls).toBe(0);
  });
});
