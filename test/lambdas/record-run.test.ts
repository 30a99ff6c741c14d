import { beforeEach, describe, expect, it, vi } from 'vitest';
import { LeaseLostError } from '#core/errors.ts';
import { lambdaCost } from '#core/registry/lambda-cost.ts';
import { handler } from '../../lambdas/record-run.ts';
import { begun, leave, memory, openMemory, pointer, run } from './memory-resources.ts';

vi.mock('../../lambdas/shared/resources.ts', async (original) => ({
  ...(await original<object>()),
  ...(await import('./memory-resources.ts')).memoryResources,
}));

beforeEach(async () => {
  openMemory();
  await memory.registry.recordRun(begun);
});

const finishedAt = '2013-04-01T00:09:00.000Z';
const recorded = () => memory.registry.run(run.model, run.runId);

/** Leaves the checkpoint of a step, each a second after the one before. */
let second = 0;
const finish = async (state: string, result: unknown) => {
  const at = (seconds: number) => new Date(Date.parse('2026-01-01T00:00:00Z') + seconds * 1000).toISOString();
  const step = { state, startedAt: at(second), finishedAt: at(++second), memoryMb: 512 };
  await leave(`models/trips-late/runs/r/steps/${state}.json`, { ...step, result });
  return step;
};

const feasible = {
  datasets: [{ dataset: 'trips', version: 4, manifest: pointer('trips.json') }],
  spec: pointer('deployed.json'),
  specHash: 'hash',
};
const prepared = Object.fromEntries(
  ['features', 'testRows', 'preparation', 'baseline', 'signature', 'spec'].map((name) => [
    name,
    pointer(name),
  ]),
);
const trial = (number: number, status: string) => ({
  number,
  candidate: 'linear',
  parameters: {},
  status,
  value: 1,
});

async function finishAll() {
  const choice = await leave('choice.json', {
    algorithm: { kind: 'linear', l2: 3, seed: 1 },
    metric: 'logLoss',
    search: {
      trials: [trial(0, 'completed'), trial(1, 'pruned'), trial(2, 'failed'), trial(3, 'completed')],
    },
  });
  const training = await leave('training.json', { rounds: 17 });
  const proposed = { plan: pointer('plan'), parallel: 2 };
  const steps = [
    await finish('CheckFeasibility', feasible),
    await finish('PrepareTraining', prepared),
    await finish('ProposeTrials-000', { ...proposed, done: false, trials: [], choice: null }),
    await finish('ProposeTrials-004', { ...proposed, done: true, trials: [], choice }),
    await finish('TrainModel', {
      engine: 'linear',
      model: pointer('model.json'),
      training,
      decision: pointer('decision.json'),
    }),
    await finish('EvaluateModel', {
      evaluation: pointer('evaluation.json'),
      metrics: { auc: 0.7 },
      champion: null,
    }),
  ];
  return { choice, training, steps };
}

describe('record-run', () => {
  it('keeps all that the steps of a run left', async () => {
    const { choice, training, steps } = await finishAll();
    await handler({ run, status: 'succeeded', finishedAt, version: 3, verdict: ['good'] });
    expect(await recorded()).toEqual({
      ...begun,
      status: 'succeeded',
      finishedAt,
      version: 3,
      verdict: ['good'],
      specHash: 'hash',
      datasets: { trips: 4 },
      algorithm: 'linear',
      parameters: { l2: 3, seed: 1 },
      trials: { asked: 4, completed: 2, pruned: 1, failed: 1 },
      rounds: 17,
      metrics: { auc: 0.7 },
      steps,
      costUsd: lambdaCost(steps),
      artifacts: {
        ...prepared,
        choice,
        training,
        model: pointer('model.json'),
        decision: pointer('decision.json'),
        evaluation: pointer('evaluation.json'),
      },
    });
  });

  it('keeps what a run that failed half way had come to, and why it failed', async () => {
    const steps = [
      await finish('CheckFeasibility', feasible),
      await finish('PrepareTraining', prepared),
      await finish('ProposeTrials-000', {
        done: false,
        plan: pointer('plan'),
        parallel: 2,
        trials: [],
        choice: null,
      }),
    ];
    const Cause = JSON.stringify({ errorType: 'SearchFailedError', errorMessage: 'no trial was completed' });
    await handler({ run, status: 'failed', finishedAt, error: { Error: 'SearchFailedError', Cause } });
    expect(await recorded()).toEqual({
      ...begun,
      status: 'failed',
      finishedAt,
      error: { name: 'SearchFailedError', message: 'no trial was completed' },
      specHash: 'hash',
      datasets: { trips: 4 },
      steps,
      costUsd: lambdaCost(steps),
      artifacts: prepared,
    });
  });

  it('keeps a run that failed before its first step ended', async () => {
    await handler({ run, status: 'failed', finishedAt, error: { Error: 'States.Timeout' } });
    expect(await recorded()).toEqual({
      ...begun,
      status: 'failed',
      finishedAt,
      error: { name: 'States.Timeout', message: 'no cause was given' },
      steps: [],
      costUsd: 0,
      artifacts: {},
    });
  });

  it('forgets the error of an earlier attempt of a run that was resumed', async () => {
    await handler({ run, status: 'failed', finishedAt, error: { Error: 'States.Timeout' } });
    await finishAll();
    await handler({ run, status: 'succeeded', finishedAt, version: 1 });
    expect(await recorded()).not.toHaveProperty('error');
  });

  it('counts no trials where nothing was searched', async () => {
    const choice = await leave('choice.json', { algorithm: { kind: 'naive', seed: 1 }, metric: 'logLoss' });
    await finish('ProposeTrials-000', { done: true, plan: pointer('plan'), parallel: 1, trials: [], choice });
    await handler({ run, status: 'failed', finishedAt });
    expect(await recorded()).toMatchObject({ algorithm: 'naive', parameters: { seed: 1 } });
    expect(await recorded()).not.toHaveProperty('trials');
  });

  it('keeps a run that failed while it asked for its turn: who, when and why', async () => {
    const asking = { ...run, runId: 'asking', execution: 'asking', token: undefined };
    const error = { Error: 'InvalidInputError', Cause: '{"errorMessage":"request.set: expected an object"}' };
    await handler({ run: asking, status: 'failed', finishedAt, error });
    const { model, by, startedAt, asOf } = run;
    expect(await memory.registry.run(model, 'asking')).toMatchObject({
      ...{ model, by, startedAt, asOf, finishedAt, pipeline: 'train-model', status: 'failed' },
      error: { name: 'InvalidInputError', message: 'request.set: expected an object' },
    });
  });

  it('refuses one that has lost its place', async () => {
    const late = handler({ run: { ...run, token: 5 }, status: 'succeeded', finishedAt });
    await expect(late).rejects.toThrow(LeaseLostError);
    expect(await recorded()).toEqual(begun);
  });
});
