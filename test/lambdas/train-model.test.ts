import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { linear, SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import type { TrainingChoice } from '#lib/pipelines/run-trial.ts';
import { type TrainingRecord, trainVersion } from '#lib/pipelines/train-version.ts';
import { engines, learnableRows } from '#test/support/learnable-rows.ts';
import { handler } from '../../lambdas/train-model.ts';
import { leave, memory, openMemory, pointer, readBack, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));
// What it replaces is in a layer and in a worker's bundle: the engines themselves, in this thread.
vi.mock('../../lambdas/shared/training.ts', async () => {
  const { engines, learnableRows } = await import('#test/support/learnable-rows.ts');
  return { THREADS: 2, enginesFor: () => engines, readSets: async () => learnableRows('binary').sets };
});

beforeEach(openMemory);

const model = { calibration: 'isotonic', threshold: 0.4 } as const;

async function eventOf(choice: TrainingChoice) {
  const other = pointer('other');
  const signature = await leave('signature.json', learnableRows('binary').signature);
  const spec = await leave('spec.json', model);
  const prepared = { features: other, testRows: other, preparation: other, baseline: other, signature, spec };
  return { run, prepared, choice: await leave('choice.json', choice) };
}

const choose = (algorithm: Parameters<typeof SingleAlgorithm.parse>[0]) => ({
  algorithm: SingleAlgorithm.parse(algorithm),
  metric: 'logLoss' as const,
});

describe('train-model', () => {
  it.each([
    [xgboost({ rounds: 30, earlyStop: 3 }), 'xgboost', 'model.ubj'],
    [linear(), 'linear', 'model.json'],
  ] as const)(
    'leaves the model that %j comes to, its record and its decision',
    async (algorithm, engine, file) => {
      const choice = choose(algorithm);
      const trained = await handler(await eventOf(choice));
      const expected = await trainVersion(engines, {
        ...learnableRows('binary'),
        ...choice,
        model,
        threads: 2,
      });
      expect(trained.engine).toBe(engine);
      expect(trained.model.key).toBe(`models/trips-late/runs/r/${file}`);
      expect(Buffer.compare(await memory.store.readVerified(trained.model), expected.model)).toBe(0);
      expect(await readBack(trained.training)).toEqual(expected.record);
      expect(await readBack(trained.decision)).toEqual(expected.decision);
    },
  );

  it('keeps the trials of the search in the record', async () => {
    const trials = [
      { rank: 1, number: 0, candidate: 'linear', parameters: { l2: 1 }, status: 'completed', value: 0.5 },
    ] as const;
    const { training } = await handler(await eventOf({ ...choose(linear()), search: { trials } }));
    expect((await readBack<TrainingRecord>(training)).search).toEqual({ trials });
  });

  it('answers a retry with the model that is there', async () => {
    const event = await eventOf(choose(linear()));
    const trained = await handler(event);
    expect(await handler(event)).toEqual(trained);
    expect(memory.store.versions(trained.model.key)).toBe(1);
  });

  it('tells how far it is: rounds of all, the metric and its best so far', async () => {
    vi.useFakeTimers({ now: 0, toFake: ['Date'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const told = vi.spyOn(memory.registry, 'recordProgress').mockImplementation(async () => {});
    const now = vi.spyOn(Date, 'now').mockImplementation(() => 1000 * now.mock.calls.length);
    const { training } = await handler(
      await eventOf(choose(xgboost({ rounds: 30, earlyStop: 3, learningRate: 0.5 }))),
    );
    now.mockRestore();
    const { history } = await readBack<TrainingRecord>(training);
    const values = history.map(({ validation }) => validation as number);
    expect(told.mock.calls.map(([, , progress]) => progress)).toMatchObject(
      values.map((value, round) => ({
        state: 'TrainModel',
        done: round + 1,
        total: 30,
        metric: { name: 'logloss', value, best: Math.min(...values.slice(0, round + 1)) },
      })),
    );
    expect(values.at(-1)).toBeGreaterThan(Math.min(...values));
  });
});
