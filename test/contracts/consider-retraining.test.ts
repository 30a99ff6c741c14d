import { describe, expect, it } from 'vitest';
import type { Trigger } from '#core/retrain/records.ts';
import type { Registry } from '#ports/registry.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { drift } from '#test/support/retraining.ts';
import { RetrainingWorld } from '#test/support/retraining-world.ts';
import { openRegistry } from './emulated.ts';

const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** 20 triggers at once, five of them twice. @returns trainings, decisions, and calls of ports that it took */
async function play(registry: Registry, name: string) {
  const plan = { calls: 0 };
  const world = await RetrainingWorld.open({}, { plan, registry, name });
  const triggers = TWENTY.map((number) => drift(`${number}`, { version: 1 }));
  await Promise.all([...triggers, ...triggers.slice(0, 5)].map((trigger: Trigger) => world.wake(trigger)));
  await world.settle();
  const decisions = await registry.decisions(name, { limit: 1000 });
  const decided = decisions.flatMap((decision) => decision.triggers.map(({ id }) => id));
  expect(decided.toSorted()).toEqual(triggers.map(({ id }) => id).toSorted());
  expect(await world.loop()).toMatchObject({ open: null, next: null });
  expect(decisions.map(({ status }) => status).filter((status) => status === 'promoted')).toHaveLength(1);
  return { trainings: world.trained.length, decisions: decisions.length, calls: plan.calls };
}

/** RETRAINING_ROUNDS=50 is what is promised; with the emulator's database a round takes seconds. */
const ROUNDS = Number(process.env.RETRAINING_ROUNDS ?? 10);

describe.each<[string, number, () => Promise<Registry>]>([
  ['memory', 50, async () => new MemoryRegistry()],
  ['DynamoDB', ROUNDS, async () => (await openRegistry()).registry],
])('20 triggers at once with the registry in %s, %i times', (where, rounds, open) => {
  it('are each in exactly one decision, and one training comes of them', async () => {
    const registry = await open();
    const played: Awaited<ReturnType<typeof play>>[] = [];
    const began = Date.now();
    for (let round = 0; round < rounds; round++) played.push(await play(registry, `raced-${round}`));
    const most = (name: 'trainings' | 'decisions' | 'calls') => Math.max(...played.map((one) => one[name]));
    console.info(
      `${where}: ${rounds} rounds in ${((Date.now() - began) / 1000).toFixed(1)} s, at most ${most('trainings')} training, ${most('decisions')} decisions and ${most('calls')} calls a round`,
    );
    expect(played.map(({ trainings }) => trainings)).toEqual(Array.from({ length: rounds }, () => 1));
  }, 900_000);
});
