import { describe, expect, it } from 'vitest';
import type { Trigger } from '#core/retrain/records.ts';
import type { Registry } from '#ports/registry.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { drift, wish } from '#test/support/retraining.ts';
import { RetrainingWorld } from '#test/support/retraining-world.ts';
import { openRegistry } from './emulated.ts';

const TWENTY = Array.from({ length: 20 }, (_, index) => index);

/** All at once, five of them twice. */
async function atOnce(world: RetrainingWorld, triggers: readonly Trigger[]): Promise<void> {
  await Promise.all([...triggers, ...triggers.slice(0, 5)].map((trigger) => world.wake(trigger)));
}

/** Five at once, and five during each thing that follows from them, the last twice: judging, training, rollout. */
async function allAlong(world: RetrainingWorld, triggers: readonly Trigger[]): Promise<void> {
  await Promise.all(triggers.slice(0, 5).map((trigger) => world.wake(trigger)));
  for (const from of [5, 10, 15, 15]) {
    const five = triggers.slice(from, from + 5);
    await Promise.all([world.step(), ...five.map((trigger) => world.wake(trigger))]);
  }
}

/** 20 triggers: windows that drifted, or in every other round people. @returns trainings, decisions, and calls of ports that it took */
async function play(registry: Registry, round: number) {
  const plan = { calls: 0 };
  const name = `raced-${round}`;
  const world = await RetrainingWorld.open({}, { plan, registry, name });
  const isOfPeople = round % 2 === 1;
  const triggers = TWENTY.map((number) =>
    isOfPeople ? wish(`${number}`) : drift(`${number}`, { version: 1 }),
  );
  await (isOfPeople ? allAlong : atOnce)(world, triggers);
  await world.settle();
  const decisions = await registry.decisions(name, { limit: 1000 });
  const decided = decisions.flatMap((decision) => decision.triggers.map(({ id }) => id));
  expect(decided.toSorted()).toEqual(triggers.map(({ id }) => id).toSorted());
  expect(await world.loop()).toMatchObject({ open: null, next: null });
  if (isOfPeople) expect(decisions).toHaveLength(1);
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
    for (let round = 0; round < rounds; round++) played.push(await play(registry, round));
    const most = (name: 'trainings' | 'decisions' | 'calls') => Math.max(...played.map((one) => one[name]));
    console.info(
      `${where}: ${rounds} rounds in ${((Date.now() - began) / 1000).toFixed(1)} s, at most ${most('trainings')} training, ${most('decisions')} decisions and ${most('calls')} calls a round`,
    );
    expect(played.map(({ trainings }) => trainings)).toEqual(Array.from({ length: rounds }, () => 1));
  }, 900_000);
});
