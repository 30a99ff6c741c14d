import { describe, expect, it } from 'vitest';
import { pointMetric } from '#core/evaluate/point-metric.ts';
import { boostingPruning, type TrialResult } from '#core/search/index.ts';
import { type AlgorithmSpec, forest, linear, naive, SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import { type ComparedMetric, comparedMetrics, type Task } from '#core/spec/task.ts';
import { fitModel } from '#lib/pipelines/fit-model.ts';
import { pruningBars, runTrial, type TrialRequest } from '#lib/pipelines/run-trial.ts';
import { countedEngines, engines, learnableRows } from '#test/support/learnable-rows.ts';
import { problemsOf } from '#test/support/problems.ts';

const algorithm = {
  kind: 'auto',
  candidates: [xgboost({ rounds: 40 }), forest({ trees: 10 }), linear(), naive()].map((input) =>
    SingleAlgorithm.parse(input),
  ),
  seed: 1,
} satisfies AlgorithmSpec;

function request(task: Task, changes: Partial<TrialRequest> = {}): TrialRequest {
  const trial = { number: 3, candidate: 'xgboost', parameters: { maxDepth: 2 } };
  const plan = { metric: comparedMetrics(task)[0] as ComparedMetric, bars: {} };
  return { model: { algorithm }, ...learnableRows(task), plan, trial, threads: 2, ...changes };
}

const curve = (values: readonly number[]) => values.map((value, round) => [round, value] as const);

describe('runTrial', () => {
  it.each(
    (['binary', 'multiclass', 'regression'] as const).flatMap((task) =>
      comparedMetrics(task).map((metric) => [task, metric] as const),
    ),
  )('judges a setting of a %s model on the validation rows, by %s', async (task, metric) => {
    const asked = request(task, { plan: { metric, bars: {} } });
    const result = await runTrial(engines, asked);
    const tried = { ...algorithm.candidates[0], maxDepth: 2 } as SingleAlgorithm;
    const { train, validation } = asked.sets;
    const { signature } = asked;
    const fitted = await fitModel(engines.trainer, {
      algorithm: tried,
      signature,
      metric,
      train,
      validation,
      threads: 2,
    });
    const predictor = engines.open(fitted.engine, fitted.model);
    const scores = predictor.scores({ ...validation, columns: predictor.columns });
    predictor.close();
    expect(result).toEqual({
      ...asked.trial,
      status: 'completed',
      value: pointMetric(metric, task, validation.labels, scores, {
        quantile: 0.5,
        tweediePower: 1.5,
        classes: signature.classes,
      }),
      curve: curve(fitted.history.map((round) => round.validation as number)),
      rounds: fitted.rounds,
    });
    expect(result.value).toBeGreaterThan(0);
  });

  it.each([
    ['forest', { maxDepth: 5 }],
    ['linear', { l2: 4 }],
    ['naive', {}],
  ])('tries the candidate %s with its own settings', async (candidate, parameters) => {
    const trial = { number: 0, candidate, parameters };
    const result = await runTrial(engines, request('binary', { trial }));
    expect(result).toMatchObject({ ...trial, status: 'completed', rounds: 1, value: expect.any(Number) });
  });

  it('gives the same result for the same request, as plain JSON', async () => {
    const [one, two] = [
      await runTrial(engines, request('binary')),
      await runTrial(engines, request('binary')),
    ];
    expect(one).toEqual(two);
    expect(JSON.parse(JSON.stringify(one))).toEqual(one);
  });

  it('reports a trial that missed a bar of its candidate as pruned, with its curve so far', async () => {
    const bars = { xgboost: [{ round: 4, value: 0.001 }], linear: [{ round: 0, value: 0.001 }] };
    const plan = { metric: 'logLoss', bars } as const;
    const pruned = await runTrial(engines, request('binary', { plan }));
    expect(pruned).toMatchObject({ status: 'pruned', value: expect.any(Number) });
    expect(pruned.curve).toHaveLength(5);
    const linearTrial = { number: 1, candidate: 'linear', parameters: { l2: 1 } };
    expect((await runTrial(engines, request('binary', { plan, trial: linearTrial }))).status).toBe(
      'completed',
    );
  });

  it('has no value where the validation rows do not define the metric', async () => {
    const { signature, sets } = learnableRows('binary');
    const oneClass = { ...sets.validation, labels: new Float32Array(sets.validation.rows) };
    const plan = { metric: 'auc', bars: {} } as const;
    const trial = { number: 0, candidate: 'linear', parameters: { l2: 1 } };
    const asked = request('binary', { signature, sets: { ...sets, validation: oneClass }, plan, trial });
    expect(await runTrial(engines, asked)).toMatchObject({ status: 'completed', value: null });
  });

  it('closes the model that it judged, also when judging fails', async () => {
    const counted = countedEngines();
    const plan = { metric: 'pinball', bars: {} } as const;
    await expect(runTrial(counted, request('binary', { plan }))).rejects.toThrow(/^metric: expected one of/);
    await runTrial(counted, request('binary'));
    expect(counted.openModels()).toBe(0);
  });

  it('refuses a candidate that the spec does not have', async () => {
    const trial = { number: 0, candidate: 'svm', parameters: {} };
    const error = await runTrial(engines, request('binary', { trial })).catch((refusal) => refusal);
    const [problem] = problemsOf('InvalidInputError', () => {
      throw error;
    });
    expect(problem).toEqual({ field: 'candidate', expected: 'a candidate of the spec', got: 'svm' });
  });
});

describe('pruningBars', () => {
  const { warmupRounds, everyRounds, startupTrials } = boostingPruning(40);
  const results = (count: number): TrialResult[] =>
    Array.from({ length: count }, (_, number) => ({
      number,
      candidate: 'xgboost',
      parameters: {},
      status: 'completed',
      value: number,
      curve: curve(Array.from({ length: 40 }, (_, round) => 100 + number - round)),
    }));

  it("are the medians of the finished trials, from a third of the candidate's rounds on", () => {
    const bars = pruningBars({ algorithm }, 'minimize', results(startupTrials));
    const middle = (startupTrials - 1) / 2;
    expect(bars.xgboost?.[0]).toEqual({ round: warmupRounds, value: 100 + middle - warmupRounds });
    expect(bars.xgboost?.[1]?.round).toBe(warmupRounds + everyRounds);
    expect(warmupRounds).toBe(14);
  });

  it('take the direction of the search: a higher best so far is better', () => {
    const bars = pruningBars({ algorithm }, 'maximize', results(startupTrials));
    expect(bars.xgboost?.[0]?.value).toBe(100 + (startupTrials - 1) / 2);
  });

  it('are none before enough trials are finished', () => {
    expect(pruningBars({ algorithm }, 'minimize', results(startupTrials - 1))).toEqual({ xgboost: [] });
  });

  it('are for boosted trees alone: nothing else has rounds', () => {
    expect(Object.keys(pruningBars({ algorithm }, 'minimize', results(9)))).toEqual(['xgboost']);
    const own = algorithm.candidates[2] as SingleAlgorithm;
    expect(pruningBars({ algorithm: own }, 'minimize', results(9))).toEqual({});
  });
});
