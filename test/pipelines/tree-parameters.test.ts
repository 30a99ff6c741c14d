import { describe, expect, it } from 'vitest';
import { checkTrainingRequest } from '#adapters/xgboost/check-request.ts';
import { forest, SingleAlgorithm, type TreesSpec, xgboost } from '#core/spec/algorithm.ts';
import { comparedMetrics, type Task } from '#core/spec/task.ts';
import { treeParameters } from '#lib/pipelines/tree-parameters.ts';
import { TRAINING_METRICS } from '#ports/trainer.ts';
import { learnableRows } from '#test/support/learnable-rows.ts';

const LOSSES = ['squared', 'absolute', 'quantile', 'poisson', 'tweedie'] as const;
const trees = (input: ReturnType<typeof xgboost> | ReturnType<typeof forest>) =>
  SingleAlgorithm.parse(input) as TreesSpec;
const asked = (task: Task, algorithm: TreesSpec, metric = comparedMetrics(task)[0] as 'mse') =>
  treeParameters(algorithm, task, task === 'multiclass' ? 3 : undefined, metric, 2);

/** Every task, its losses and its metrics, for boosted trees and a forest. */
const cases = (['binary', 'multiclass', 'regression'] as const).flatMap((task) =>
  (task === 'regression' ? LOSSES : ['squared' as const]).flatMap((loss) =>
    comparedMetrics(task).flatMap((metric) =>
      [xgboost, forest].map((make) => ({ task, loss, metric, algorithm: trees(make({ loss })) })),
    ),
  ),
);

describe('treeParameters', () => {
  it.each(cases)(
    'asks for $algorithm.kind of a $task model by $loss, chosen by $metric, what the trainer accepts',
    ({ task, algorithm, metric }) => {
      const { signature, sets } = learnableRows(task, { rows: 60, validation: 20 });
      const set = ({ rows, values, labels }: (typeof sets)['train']) => ({
        features: { rows, columns: signature.features.length, values },
        labels,
      });
      const request = {
        train: set(sets.train),
        validation: set(sets.validation),
        features: signature.features.map(({ name, levels }) => ({
          name,
          ...(levels && { levels: levels.length }),
        })),
        parameters: asked(task, algorithm, metric as 'mse'),
      };
      expect(() => checkTrainingRequest(request)).not.toThrow();
    },
  );

  it.each([
    ['binary', 'squared', 'binary:logistic', {}],
    ['multiclass', 'squared', 'multi:softprob', { classes: 3 }],
    ['regression', 'squared', 'reg:squarederror', {}],
    ['regression', 'absolute', 'reg:absoluteerror', {}],
    ['regression', 'quantile', 'reg:quantileerror', { quantile: 0.9 }],
    ['regression', 'poisson', 'count:poisson', {}],
    ['regression', 'tweedie', 'reg:tweedie', { tweediePower: 1.2 }],
  ] as const)('of a %s model by %s asks for %s, with what that takes alone', (task, loss, objective, own) => {
    const parameters = asked(task, trees(xgboost({ loss, quantile: 0.9, tweediePower: 1.2 })));
    const { classes, quantile, tweediePower } = parameters;
    expect(parameters.objective).toBe(objective);
    expect({ classes, quantile, tweediePower }).toEqual({
      classes: undefined,
      quantile: undefined,
      tweediePower: undefined,
      ...own,
    });
  });

  it.each([
    ['binary', 'squared', 'auc', 'auc'],
    ['binary', 'squared', 'brier', undefined],
    ['multiclass', 'squared', 'logLoss', undefined],
    ['regression', 'squared', 'mse', 'rmse'],
    ['regression', 'squared', 'mae', 'mae'],
    ['regression', 'poisson', 'mae', 'mae'],
    ['regression', 'quantile', 'pinball', undefined],
    ['regression', 'tweedie', 'tweedieDeviance', undefined],
  ] as const)('of a %s model by %s that is chosen by %s watches %s', (task, loss, metric, watched) => {
    expect(asked(task, trees(xgboost({ loss })), metric as 'mse').metric).toBe(watched);
  });

  it('watches the loss itself where the metric is none of the engine', () => {
    expect(TRAINING_METRICS['binary:logistic'][0]).toBe('logloss');
    expect(TRAINING_METRICS['reg:quantileerror'][0]).toBe('quantile');
  });

  it('asks for boosted trees by their own settings', () => {
    const algorithm = trees(
      xgboost({
        rounds: 50,
        earlyStop: 7,
        maxDepth: 3,
        learningRate: 0.2,
        minChildWeight: 4,
        subsample: 0.7,
        columnSample: 0.6,
        lambda: 2,
        alpha: 0.1,
        gamma: 0.3,
        monotone: { x: 1 },
        interactions: [['x', 'y']],
        seed: 11,
      }),
    );
    expect(asked('binary', algorithm)).toEqual({
      objective: 'binary:logistic',
      rounds: 50,
      earlyStop: 7,
      maxDepth: 3,
      learningRate: 0.2,
      minChildWeight: 4,
      subsample: 0.7,
      columnSample: 0.6,
      lambda: 2,
      alpha: 0.1,
      gamma: 0.3,
      monotone: { x: 1 },
      interactions: [['x', 'y']],
      seed: 11,
      threads: 2,
    });
  });

  it('boosts as many rounds as an earlier fit found, without stopping early', () => {
    const parameters = treeParameters(trees(xgboost({ rounds: 50 })), 'binary', undefined, 'logLoss', 2, 12);
    expect(parameters.rounds).toBe(12);
    expect(parameters).not.toHaveProperty('earlyStop');
  });

  it('asks for a forest as one round of many trees that are not shrunk', () => {
    const parameters = asked('binary', trees(forest({ trees: 40, columnSampleByNode: 0.5, subsample: 0.6 })));
    expect(parameters).toMatchObject({
      rounds: 1,
      treesPerRound: 40,
      learningRate: 1,
      columnSampleByNode: 0.5,
      subsample: 0.6,
      maxDepth: 10,
      minChildWeight: 5,
    });
    for (const name of ['earlyStop', 'columnSample']) expect(parameters).not.toHaveProperty(name);
  });
});
