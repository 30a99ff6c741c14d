import { describe, expect, it } from 'vitest';
import type { InstanceUsage } from '#core/registry/serving-records.ts';
import { UsageMeter } from '#lib/pipelines/usage-meter.ts';
import { DrivenTimer } from '#test/support/driven-timer.ts';

function openMeter() {
  const timer = new DrivenTimer();
  const told: InstanceUsage[] = [];
  const world = { down: false, lost: 0 };
  const meter = new UsageMeter({
    model: 'trips-late',
    registry: {
      recordUsage: async (_, usage) => {
        if (world.down) throw new Error('it is down');
        told.push(usage);
      },
    },
    timer,
    now: () => timer.now(),
    instance: 'i',
    count: (_, { UsageLost = 0 }) => {
      world.lost += UsageLost;
    },
  });
  const request = async (ms: number) => {
    const end = meter.begin();
    await timer.pass(ms);
    end();
  };
  return { timer, told, world, meter, request };
}

describe('what an instance is doing', () => {
  it('is told at its first request, then every five seconds: requests, and the seconds they were in flight', async () => {
    const { timer, told, request } = openMeter();
    await timer.pass(1000);
    await request(500);
    await timer.pass(0);
    for (let count = 0; count < 20; count++) await request(250);
    await timer.pass(5000);
    const at = (ms: number) => new Date(ms).toISOString();
    expect(told.slice(0, 2)).toEqual([
      { instance: 'i', at: at(1500), seconds: 1.5, requests: 1, busySeconds: 0.5 },
      { instance: 'i', at: at(6500), seconds: 5, requests: 19, busySeconds: 4.75 },
    ]);
    expect(told.map(({ requests }) => requests).reduce((sum, count) => sum + count)).toBe(21);
  });

  it('counts requests at the same time each for itself', async () => {
    const { timer, told, meter } = openMeter();
    const ends = [meter.begin(), meter.begin(), meter.begin()];
    await timer.pass(1000);
    for (const end of ends) end();
    await timer.pass(5000);
    expect(told.reduce((sum, { busySeconds }) => sum + busySeconds, 0)).toBe(3);
  });

  it('is not told again and again by an instance that nobody asks', async () => {
    const { timer, told, request } = openMeter();
    await request(10);
    await timer.pass(600_000);
    expect(told).toHaveLength(1);
  });

  it('is lost while the registry fails, which is counted and disturbs nobody', async () => {
    const { timer, told, world, request } = openMeter();
    world.down = true;
    await request(10);
    await timer.pass(5000);
    world.down = false;
    await request(10);
    await timer.pass(5000);
    expect([world.lost, told.map(({ requests }) => requests)]).toEqual([1, [1]]);
  });
});
