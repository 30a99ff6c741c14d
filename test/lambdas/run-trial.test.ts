import { beforeEach, describe, expect, it, vi } from 'vitest';
import { linear, SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import { runTrial, type TrialPlan } from '#lib/pipelines/run-trial.ts';
import { engines, learnableRows } from '#test/support/learnable-rows.ts';
import { handler } from '../../lambdas/run-trial.ts';
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

const algorithm = {
  kind: 'auto',
  candidates: [xgboost({ rounds: 20 }), linear()].map((input) => SingleAlgorithm.parse(input)),
  seed: 1,
} as const;
const first = { number: 3, candidate: 'linear', parameters: { l2: 2 } };

async function eventOf(trial: typeof first | object, changes: Partial<TrialPlan> = {}) {
  const plan: TrialPlan = { metric: 'logLoss', total: 9, results: [], trials: [], bars: {}, ...changes };
  const other = pointer('other');
  const signature = await leave('signature.json', learnableRows('binary').signature);
  const spec = await leave('spec.json', { algorithm });
  const prepared = { features: other, testRows: other, preparation: other, baseline: other, signature, spec };
  return { run, prepared, plan: await leave('plan.json', plan), trial };
}

const told = () => memory.registry.progress(run.model, run.runId);
const completed = (value: number) => ({ ...first, status: 'completed', value }) as const;

describe('run-trial', () => {
  it('leaves what came of a setting, by its number', async () => {
    const { number, result } = await handler(await eventOf(first));
    expect(number).toBe(3);
    expect(result?.key).toBe('models/trips-late/runs/r/trials/003.json');
    const plan = { metric: 'logLoss', bars: {} } as const;
    const asked = { model: { algorithm }, ...learnableRows('binary'), plan, trial: first, threads: 2 };
    expect(await readBack(result as { key: string })).toEqual(await runTrial(engines, asked));
  });

  it('answers a retry with the result that is there', async () => {
    const event = await eventOf(first);
    const answer = await handler(event);
    expect(await handler(event)).toEqual(answer);
    expect(memory.store.versions('models/trips-late/runs/r/trials/003.json')).toBe(1);
  });

  it.each([
    ['logLoss', [completed(0.1), completed(0.2)], 0.1],
    ['auc', [completed(0.1), completed(0.999)], 0.999],
    ['auc', [], undefined],
  ] as const)('tells how many trials are done and the best %s so far', async (metric, results, best) => {
    await handler(await eventOf(first, { metric, results }));
    const progress = await told();
    const { value } = await readBack<{ value: number }>({ key: 'models/trips-late/runs/r/trials/003.json' });
    expect(progress).toMatchObject({ state: 'SearchTrials', done: 1, total: 9 });
    expect(progress?.metric).toEqual({ name: metric, value, best: best ?? value });
  });

  it('tells no metric while no trial was completed, and counts no pruned one as the best', async () => {
    const bars = { xgboost: [{ round: 2, value: 1e-6 }] };
    const trial = { number: 4, candidate: 'xgboost', parameters: { maxDepth: 2 } };
    await handler(await eventOf(trial, { bars }));
    expect(await told()).not.toHaveProperty('metric');
    await handler({ ...(await eventOf({ ...trial, number: 5 }, { bars, results: [completed(0.9)] })) });
    expect((await told())?.metric?.best).toBe(0.9);
    expect((await told())?.done).toBe(2);
  });
});
