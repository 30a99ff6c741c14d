import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SearchFailedError, type TrialResult } from '#core/search/index.ts';
import { candidatesOf, linear, type SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import type { ModelInput, ModelSpec } from '#core/spec/model.ts';
import type { TrainingChoice, TrialPlan } from '#lib/pipelines/run-trial.ts';
import type { StoredObject } from '#ports/object-store.ts';
import { tripsLate } from '#test/support/trips.ts';
import { handler } from '../../lambdas/propose-trials.ts';
import { leave, openMemory, pointer, readBack, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(openMemory);

type Proposed = Awaited<ReturnType<typeof handler>>;
type Trial = Proposed['trials'][number];

async function prepare(changes: Partial<ModelInput>) {
  const model = tripsLate(changes);
  const spec = await leave('prepared-spec.json', model);
  const preparation = await leave('preparation.json', { splits: { train: { rows: 5000 } } });
  const other = pointer('other');
  const prepared = { features: other, testRows: other, preparation, baseline: other, signature: other, spec };
  return { model, event: { run, feasible: { datasets: [], spec, specHash: 'hash' }, prepared } };
}

/** Runs a search as the state machine does. @param judge the value of a trial, or why it failed */
async function search(
  changes: Partial<ModelInput>,
  judge: (trial: Trial) => number | { Error: string; Cause?: string },
) {
  const { model, event } = await prepare(changes);
  const batches: Proposed[] = [await handler(event)];
  for (let last = batches[0] as Proposed; !last.done; last = batches.at(-1) as Proposed) {
    const finished = await Promise.all(
      last.trials.map(async (trial) => {
        const value = judge(trial);
        if (typeof value !== 'number') return { number: trial.number, error: value };
        const result: TrialResult = { ...trial, status: 'completed', value, curve: [[1, value]], rounds: 1 };
        return { number: trial.number, result: await leave(`trials/${trial.number}.json`, result) };
      }),
    );
    batches.push(await handler({ ...event, plan: last.plan, finished }));
  }
  const trials = batches.flatMap((batch) => batch.trials);
  const choose = () => readBack<TrainingChoice>(batches.at(-1)?.choice as StoredObject);
  return { model, event, batches, trials, choose };
}

const single = ({ algorithm }: ModelSpec) => candidatesOf(algorithm)[0] as SingleAlgorithm;

describe('propose-trials', () => {
  it("has no trials where the spec asks for no search: the model is the spec's own", async () => {
    const { model, event } = await prepare({ algorithm: xgboost({ rounds: 9 }) });
    const proposed = await handler(event);
    expect(proposed).toMatchObject({ done: true, trials: [], parallel: 1 });
    expect(await readBack(proposed.choice as StoredObject)).toEqual({
      algorithm: single(model),
      metric: 'logLoss',
    });
    expect(await readBack(proposed.plan)).toMatchObject({ total: 0, trials: [], results: [], bars: {} });
  });

  it("tries the spec's own settings first, in batches, until all trials are done", async () => {
    const { batches, trials } = await search(
      { algorithm: xgboost({ maxDepth: 3 }), search: { trials: 5, parallel: 2 } },
      ({ number }) => 1 + number,
    );
    expect(batches.map((batch) => [batch.done, batch.trials.map(({ number }) => number)])).toEqual([
      [false, [0, 1]],
      [false, [2, 3]],
      [false, [4]],
      [true, []],
    ]);
    expect(batches.map(({ parallel }) => parallel)).toEqual([2, 2, 2, 2]);
    expect(trials[0]).toMatchObject({ candidate: 'xgboost', parameters: { maxDepth: 3, learningRate: 0.1 } });
  });

  it('chooses the best trial, by the direction of its metric, and keeps every trial', async () => {
    const judge = ({ number }: Trial) => [0.6, 0.9, 0.7][number] as number;
    const auc = await search({ search: { trials: 3, parallel: 2, metric: 'auc' } }, judge);
    const best = await auc.choose();
    expect(best.metric).toBe('auc');
    expect(best.algorithm).toEqual({ ...single(auc.model), ...auc.trials[1]?.parameters });
    expect(best.search?.trials.map(({ rank, number, value }) => [rank, number, value])).toEqual([
      [1, 1, 0.9],
      [2, 2, 0.7],
      [3, 0, 0.6],
    ]);
    openMemory();
    const loss = await search({ search: { trials: 3, parallel: 2 } }, judge);
    expect((await loss.choose()).algorithm).toEqual(single(loss.model));
  });

  it('chooses among all candidates of auto', async () => {
    const { choose, trials, batches } = await search({ algorithm: 'auto' }, ({ candidate, number }) =>
      candidate === 'linear' ? 0.3 + number / 1000 : 0.5,
    );
    expect(trials).toHaveLength(20);
    expect(trials.slice(0, 3).map(({ candidate }) => candidate)).toEqual(['xgboost', 'forest', 'linear']);
    expect((await choose()).algorithm).toEqual({ kind: 'linear', l2: 1, seed: 1 });
    expect(batches[0]?.parallel).toBe(4);
  });

  it('goes on without a trial that failed, and tells why it failed', async () => {
    const { choose } = await search({ search: { trials: 4, parallel: 2 } }, ({ number }) => {
      if (number === 0) return { Error: 'XgboostError', Cause: '{"errorMessage":"sums overflowed"}' };
      return number === 1 ? { Error: 'Sandbox.Timedout' } : number;
    });
    const { search: found } = await choose();
    expect(found?.trials.map(({ number, status, error }) => [number, status, error])).toEqual([
      [2, 'completed', undefined],
      [3, 'completed', undefined],
      [0, 'failed', 'XgboostError: sums overflowed'],
      [1, 'failed', 'Sandbox.Timedout: no cause was given'],
    ]);
  });

  it('takes a trial that left nothing for failed', async () => {
    const { event } = await prepare({ search: { trials: 4, parallel: 2 } });
    const { plan, trials } = await handler(event);
    const result = { ...trials[0], status: 'completed', value: 1 };
    const finished = [{ number: 0, result: await leave('trials/0.json', result) }];
    const { plan: next } = await handler({ ...event, plan, finished });
    expect((await readBack<TrialPlan>(next)).results.map(({ status, error }) => [status, error])).toEqual([
      ['completed', undefined],
      ['failed', 'it left no result'],
    ]);
  });

  it('fails when no trial was completed, with the most frequent cause', async () => {
    const failing = search({ search: { trials: 3, parallel: 2 } }, () => ({
      Error: 'XgboostError',
      Cause: 'broken',
    }));
    await expect(failing).rejects.toThrow(SearchFailedError);
    await expect(failing).rejects.toThrow(/XgboostError: broken/);
  });

  it('proposes the same again when it is called again', async () => {
    const { event } = await prepare({ search: { trials: 4, parallel: 2 } });
    expect(await handler(event)).toEqual(await handler(event));
  });

  it('sets bars for later trials from the finished ones, unless pruning is off', async () => {
    const judge = (changes: Partial<NonNullable<ModelInput['search']>>) =>
      search(
        { algorithm: xgboost({ rounds: 1 }), search: { trials: 8, parallel: 6, ...changes } },
        ({ number }) => number,
      );
    const bars = async ({ batches }: Awaited<ReturnType<typeof judge>>) =>
      Promise.all(batches.map(async ({ plan }) => (await readBack<TrialPlan>(plan)).bars));
    const [first, second] = await bars(await judge({}));
    expect(first).toEqual({ xgboost: [] });
    expect(second).toEqual({ xgboost: [{ round: 1, value: 2.5 }] });
    openMemory();
    expect(await bars(await judge({ prune: false }))).toEqual([{}, {}, {}]);
  });

  it('searches nothing for a version that is trained again: it is what its record says', async () => {
    const { event } = await prepare({ algorithm: 'auto' });
    const record = {
      format: 2,
      algorithm: { ...single(tripsLate({ algorithm: linear({ l2: 7 }) })) },
      metric: 'auc',
      rounds: 1,
      search: { trials: [{ rank: 1, number: 0 }] },
    };
    const training = await leave('training.json', record);
    const reproduced = { version: 3, manifest: pointer('manifest'), training };
    const proposed = await handler({ ...event, feasible: { ...event.feasible, reproduced } });
    expect(proposed).toMatchObject({ done: true, trials: [] });
    const { algorithm, metric, search: trials } = record;
    expect(await readBack(proposed.choice as StoredObject)).toEqual({ algorithm, metric, search: trials });
  });
});
