import { describe, expect, it } from 'vitest';
import { NotFeasibleError } from '#core/errors.ts';
import { pointMetric } from '#core/evaluate/point-metric.ts';
import { forest, linear, naive, SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import { type ComparedMetric, primaryMetric, type Task } from '#core/spec/task.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';
import { type FitRequest, type FittedModel, fitModel } from '#lib/pipelines/fit-model.ts';
import { engines, learnableRows } from '#test/support/learnable-rows.ts';
import { problemsOf } from '#test/support/problems.ts';

type Input = Parameters<typeof SingleAlgorithm.parse>[0];
type Learnable = ReturnType<typeof learnableRows>;

const TASKS = ['binary', 'multiclass', 'regression'] as const;

function request(task: Task, input: Input, changes: Partial<FitRequest> = {}): FitRequest {
  const { signature, sets } = learnableRows(task);
  const algorithm = SingleAlgorithm.parse(input);
  const metric = primaryMetric(task, algorithm);
  return {
    algorithm,
    signature,
    metric,
    train: sets.train,
    validation: sets.validation,
    threads: 2,
    ...changes,
  };
}

const learn = (task: Task, input: Input, changes: Partial<FitRequest> = {}) =>
  fitModel(engines.trainer, request(task, input, changes));

function scoresOf({ engine, model }: Pick<FittedModel, 'engine' | 'model'>, { values, rows }: EncodedRows) {
  const predictor = engines.open(engine, model);
  try {
    return predictor.scores({ rows, columns: predictor.columns, values });
  } finally {
    predictor.close();
  }
}

function lossOf(fitted: FittedModel, { signature, sets }: Learnable, metric: ComparedMetric): number {
  const scores = scoresOf(fitted, sets.validation);
  const settings = { quantile: 0.9, tweediePower: 1.5, classes: signature.classes };
  return pointMetric(metric, signature.task, sets.validation.labels, scores, settings) as number;
}

/** The rows with every label another one's. */
const mislabelled = (rows: EncodedRows): EncodedRows => ({ ...rows, labels: rows.labels.toReversed() });
const bytes = ({ model }: FittedModel) => Buffer.from(model).toString('base64');
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(TASKS)('fitModel for a %s task', (task) => {
  it.each([
    [xgboost({ rounds: 40, maxDepth: 3 }), 'xgboost'],
    [forest({ trees: 30, minChildWeight: 2 }), 'xgboost'],
    [linear(), 'linear'],
  ] as const)('learns by %j more than the baseline knows', async (input, engine) => {
    const rows = learnableRows(task);
    const fitted = await learn(task, input);
    const metric = primaryMetric(task, SingleAlgorithm.parse(input));
    expect(fitted.engine).toBe(engine);
    expect(lossOf(fitted, rows, metric)).toBeLessThan(
      0.85 * lossOf(await learn(task, naive()), rows, metric),
    );
  });

  it.each([xgboost({ rounds: 15, subsample: 0.7 }), forest({ trees: 10 }), linear(), naive()])(
    'gives the same bytes for the same request: %j',
    async (input) => {
      const [first, again] = [await learn(task, input), await learn(task, input)];
      expect(bytes(again)).toBe(bytes(first));
      expect({ ...again, model: null }).toEqual({ ...first, model: null });
    },
  );

  it.each([xgboost(), forest({ trees: 10 }), linear(), naive()])(
    'never learns from the validation rows: %j',
    async (input) => {
      const { sets } = learnableRows(task);
      for (const validation of [sets.validation, mislabelled(sets.validation)]) {
        const judged = await learn(task, input, { rounds: 8, validation });
        const { validation: _, ...unjudged } = request(task, input, { rounds: judged.rounds });
        expect(bytes(judged)).toBe(bytes(await fitModel(engines.trainer, unjudged)));
      }
    },
  );
});

describe('fitModel with boosted trees', () => {
  it('stops early by the validation rows, keeps the best rounds and tells each', async () => {
    const told: number[] = [];
    const asked = request('binary', xgboost({ rounds: 500, earlyStop: 5, learningRate: 0.3 }));
    const fitted = await fitModel(engines.trainer, asked, ({ round }) => told.push(round));
    expect(fitted.rounds).toBeLessThan(100);
    expect(fitted.history).toHaveLength(fitted.rounds + 5);
    expect(told).toEqual(fitted.history.map(({ round }) => round));
    const values = fitted.history.map(({ validation }) => validation as number);
    expect(values.indexOf(Math.min(...values))).toBe(fitted.rounds - 1);
    expect(values[fitted.rounds - 1]).toBeCloseTo(lossOf(fitted, learnableRows('binary'), 'logLoss'), 5);
  });

  it('watches what the model is chosen by', async () => {
    const fitted = await learn('binary', xgboost({ rounds: 20 }), { metric: 'auc' });
    expect(fitted.history[0]?.metric).toBe('auc');
    expect(fitted.history[fitted.rounds - 1]?.validation).toBeCloseTo(
      lossOf(fitted, learnableRows('binary'), 'auc'),
      5,
    );
  });

  it('boosts as many rounds as it is told to, and stops before none', async () => {
    const { trainAndValidation } = learnableRows('binary').sets;
    const { validation: _, ...asked } = request('binary', xgboost({ rounds: 500, earlyStop: 2 }), {
      train: trainAndValidation,
      rounds: 60,
    });
    const fitted = await fitModel(engines.trainer, asked);
    expect(fitted.rounds).toBe(60);
    expect(fitted.parameters).toMatchObject({ rounds: 60 });
  });

  it('boosts all rounds of its spec where no rows say when to stop', async () => {
    const { validation: _, ...asked } = request('binary', xgboost({ rounds: 7, earlyStop: 2 }));
    const { rounds, parameters } = await fitModel(engines.trainer, asked);
    expect(rounds).toBe(7);
    expect(parameters).not.toHaveProperty('earlyStop');
  });

  it('says what the engine was asked and which library it is', async () => {
    const { parameters, library } = await learn('binary', xgboost({ rounds: 3 }));
    expect(parameters).toMatchObject({ objective: 'binary:logistic', rounds: 3, earlyStop: 20, threads: 2 });
    expect(library).toEqual({ name: 'xgboost', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  });

  it('ends a training that misses a bar, and says at which round', async () => {
    const prune = [
      { round: 3, value: 5 },
      { round: 6, value: 0.01 },
    ];
    const fitted = await learn('binary', xgboost({ rounds: 50 }), { prune });
    expect(fitted.prunedAt).toBe(6);
    expect(fitted.history).toHaveLength(7);
    expect((await learn('binary', xgboost({ rounds: 10 }))).prunedAt).toBeUndefined();
  });

  it('only rises with a feature that is monotone', async () => {
    const { sets } = learnableRows('binary');
    const noise = 3;
    const risesWith = async (input: Input) => {
      const fitted = await learn('binary', input, { train: sets.trainAndValidation });
      const values = new Float32Array(40 * 4).map((_, at) =>
        at % 4 === noise ? Math.floor(at / 4) / 10 - 2 : 0,
      );
      const scores = scoresOf(fitted, { values, rows: 40, labels: new Float32Array(40) });
      return scores.every((score, row) => row === 0 || score >= (scores[row - 1] as number));
    };
    expect(await risesWith(xgboost({ rounds: 60, earlyStop: 60 }))).toBe(false);
    expect(await risesWith(xgboost({ rounds: 60, earlyStop: 60, monotone: { noise: 1 } }))).toBe(true);
  });

  // What each loss is made for: the mean for squared, Poisson and Tweedie, the median, and the quantile.
  it.each([
    ['squared', 'mse'],
    ['absolute', 'mae'],
    ['quantile', 'pinball'],
    ['poisson', 'poissonDeviance'],
    ['tweedie', 'tweedieDeviance'],
  ] as const)('learns by the %s loss what a constant does not know, by %s', async (loss, metric) => {
    const rows = learnableRows('regression');
    const fitted = await learn('regression', xgboost({ rounds: 60, maxDepth: 3, loss, quantile: 0.9 }));
    const best = bestConstant(rows, loss);
    const constant = pointMetric(
      metric,
      'regression',
      rows.sets.validation.labels,
      rows.sets.validation.labels.map(() => best),
      { quantile: 0.9, tweediePower: 1.5 },
    ) as number;
    expect(lossOf(fitted, rows, metric)).toBeLessThan(0.8 * constant);
  });

  it('puts nine of ten rows below the quantile of 0.9', async () => {
    const { sets } = learnableRows('regression', { rows: 3000, validation: 1000 });
    const fitted = await learn(
      'regression',
      xgboost({ rounds: 80, maxDepth: 3, loss: 'quantile', quantile: 0.9 }),
      sets,
    );
    const scores = scoresOf(fitted, sets.validation);
    const below =
      sets.validation.labels.filter((label, row) => label <= (scores[row] as number)).length / 1000;
    // Four standard errors of a share of 0.9 of 1000 rows are 0.038.
    expect(Math.abs(below - 0.9)).toBeLessThan(0.05);
  });

  it('refuses rows of one class as the engine does', async () => {
    const { train } = learnableRows('binary').sets;
    const oneClass = { ...train, labels: new Float32Array(train.rows) };
    await expect(learn('binary', xgboost(), { train: oneClass })).rejects.toThrow(NotFeasibleError);
  });
});

function bestConstant({ sets }: Learnable, loss: string): number {
  const sorted = sets.train.labels.toSorted();
  if (loss === 'absolute') return sorted[sorted.length >> 1] as number;
  if (loss === 'quantile') return sorted[Math.floor(0.9 * sorted.length)] as number;
  return mean(sorted);
}

describe('fitModel with a forest', () => {
  it('grows as many trees as were asked for, at once', async () => {
    const [few, many] = [
      await learn('binary', forest({ trees: 2 })),
      await learn('binary', forest({ trees: 60 })),
    ];
    expect([few.rounds, many.rounds]).toEqual([1, 1]);
    expect(many.model.length).toBeGreaterThan(20 * few.model.length);
    const rows = learnableRows('binary');
    expect(lossOf(many, rows, 'logLoss')).toBeLessThan(lossOf(few, rows, 'logLoss'));
  });

  it('draws other rows and columns by another seed', async () => {
    const [one, two] = [1, 2].map((seed) => learn('binary', forest({ trees: 5, seed })));
    expect(bytes(await (one as Promise<FittedModel>))).not.toBe(bytes(await (two as Promise<FittedModel>)));
  });
});

describe('fitModel with class weights', () => {
  it.each([xgboost({ rounds: 20 }), forest({ trees: 20 }), linear()])(
    'makes what counts more likelier: %j',
    async (input) => {
      const { sets } = learnableRows('binary');
      const meanScore = async (classWeights: object | undefined) =>
        mean(
          scoresOf(
            await learn('binary', { ...input, ...(classWeights && { classWeights }) }),
            sets.validation,
          ),
        );
      const plain = await meanScore(undefined);
      expect(await meanScore({ true: 8 })).toBeGreaterThan(plain + 0.1);
      expect(await meanScore({ false: 8 })).toBeLessThan(plain - 0.05);
      expect(await meanScore({ true: 1, false: 1 })).toBeCloseTo(plain, 5);
    },
  );

  it('balances the classes of a multiclass model, by their names', async () => {
    const { sets } = learnableRows('multiclass');
    const share = async (classWeights: Record<string, number>) => {
      const fitted = await learn('multiclass', xgboost({ rounds: 20, classWeights }));
      return mean(scoresOf(fitted, sets.validation).filter((_, at) => at % 3 === 1));
    };
    expect(await share({ low: 6 })).toBeGreaterThan((await share({ high: 6 })) + 0.1);
    const balanced = await learn('multiclass', linear({ classWeights: 'balanced' }));
    expect(bytes(balanced)).not.toBe(bytes(await learn('multiclass', linear())));
  });

  it('judges the validation rows without them', async () => {
    const fitted = await learn('binary', xgboost({ rounds: 10, earlyStop: 10, classWeights: { true: 8 } }));
    expect(fitted.history[fitted.rounds - 1]?.validation).toBeCloseTo(
      lossOf(fitted, learnableRows('binary'), 'logLoss'),
      5,
    );
  });

  it('refuses the weight of a class that the model has not', async () => {
    const asked = request('multiclass', linear({ classWeights: { medium: 3 } }));
    const error = await fitModel(engines.trainer, asked).catch((refusal) => refusal);
    expect(
      problemsOf('InvalidInputError', () => {
        throw error;
      }),
    ).toEqual([{ field: 'algorithm.classWeights', expected: 'one of high, low, middle', got: '"medium"' }]);
  });
});

describe('fitModel with the baseline', () => {
  it.each([
    ['mse', 'mean'],
    ['mae', 'median'],
    ['pinball', 'mean'],
  ] as const)('chosen by %s answers the %s', async (metric, rule) => {
    const { model } = await learn('regression', naive(), { metric });
    expect(JSON.parse(new TextDecoder().decode(model))).toMatchObject({ kind: 'naive', rule });
  });

  it.each([
    ['binary', 1],
    ['multiclass', 3],
  ] as const)('of a %s model answers the shares of the classes', async (task, outputs) => {
    const { sets } = learnableRows(task);
    const fitted = await learn(task, naive());
    const scores = [...scoresOf(fitted, sets.validation).subarray(0, outputs)];
    const shares = (task === 'binary' ? [1] : [0, 1, 2]).map(
      (index) => sets.train.labels.filter((label) => label === index).length / sets.train.rows,
    );
    for (const [index, share] of shares.entries()) expect(scores[index]).toBeCloseTo(share, 6);
    expect(fitted).toMatchObject({ engine: 'naive', parameters: null, rounds: 1, history: [] });
  });
});
