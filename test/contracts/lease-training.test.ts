import { describe, expect, it } from 'vitest';
import type { ModelRegistry } from '#ports/registry.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { requestersOf, TrainingMachine } from '#test/support/training-machine.ts';
import { openRegistry } from './emulated.ts';

const ROUNDS = 50;
/** Rounds at one time, each with a model of its own. */
const MODELS = 2;
const NAMES = Array.from({ length: 20 }, (_, index) => `e${index}`);

/** 20 executions with three settings ask at once. @returns how many trainings it took */
async function play(registry: ModelRegistry, model: string): Promise<number> {
  const machine = new TrainingMachine(registry, model);
  await machine.runAll(
    Object.fromEntries(NAMES.map((name, index) => [name, { by: name, set: { rounds: index % 3 } }])),
  );
  expect(machine.most).toBe(1);
  expect(await registry.lease(model)).toMatchObject({ holder: null, waiting: [] });

  const runs = await registry.runs(model, { limit: 1000 });
  const succeeded = runs.filter(({ status }) => status === 'succeeded');
  expect(succeeded.flatMap(requestersOf).sort()).toEqual([...NAMES].sort());
  for (const name of NAMES) {
    const into = runs.find(({ runId }) => runId === name)?.mergedInto ?? name;
    expect(
      succeeded.find(({ requests }) => requests?.some(({ execution }) => execution === name))?.runId,
    ).toBe(into);
  }
  return succeeded.length;
}

describe.each<[string, () => Promise<ModelRegistry>]>([
  ['memory', async () => new MemoryRegistry()],
  ['DynamoDB', async () => (await openRegistry()).registry],
])('20 requests at once, 50 times, with the registry in %s', (_, open) => {
  it('train one after another, and each of them in exactly one training', async () => {
    const registry = await open();
    const trainings: number[] = [];
    for (let round = 0; round < ROUNDS; round += MODELS) {
      const models = Array.from({ length: MODELS }, (_, index) => `m-${round + index}`);
      trainings.push(...(await Promise.all(models.map((model) => play(registry, model)))));
    }
    expect(trainings).toHaveLength(ROUNDS);
    // One for each of the three settings at least; what comes late enough trains again.
    expect(Math.min(...trainings)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...trainings)).toBeLessThan(20);
  }, 900_000);
});
