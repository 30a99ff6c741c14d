import { describe, expect, it } from 'vitest';
import type { ModelRegistry } from '#ports/registry.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { requestersOf, TrainingMachine } from '#test/support/training-machine.ts';
import { openRegistry } from './emulated.ts';

const ROUNDS = 50;

describe.each<[string, () => Promise<ModelRegistry>]>([
  ['memory', async () => new MemoryRegistry()],
  ['DynamoDB', async () => (await openRegistry()).registry],
])('20 requests at once, 50 times, with the registry in %s', (_, open) => {
  it('train one after another, and each of them in exactly one training', async () => {
    const registry = await open();
    const trainings: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const model = `m-${round}`;
      const machine = new TrainingMachine(registry, model);
      const names = Array.from({ length: 20 }, (_, index) => `e${index}`);
      await machine.runAll(
        Object.fromEntries(names.map((name, index) => [name, { by: name, set: { rounds: index % 3 } }])),
      );
      expect(machine.most).toBe(1);
      expect(await registry.lease(model)).toMatchObject({ holder: null, waiting: [] });

      const runs = await registry.runs(model, { limit: 1000 });
      const succeeded = runs.filter(({ status }) => status === 'succeeded');
      expect(succeeded.flatMap(requestersOf).sort()).toEqual([...names].sort());
      for (const name of names) {
        const run = await registry.run(model, name);
        const trained = run?.mergedInto ?? name;
        expect(requestersOf(succeeded.find(({ runId }) => runId === trained) ?? runs[0])).toContain(name);
      }
      trainings.push(succeeded.length);
    }
    // The first alone, then at most one for each of the three settings; what comes late enough trains again.
    expect(Math.min(...trainings)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...trainings)).toBeLessThan(20);
  }, 900_000);
});
