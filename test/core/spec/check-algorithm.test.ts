import { describe, expect, it } from 'vitest';
import { forest, linear, naive, xgboost } from '#core/spec/algorithm.ts';
import type { ModelInput } from '#core/spec/model.ts';
import { problemsOf } from '#test/support/problems.ts';
import { tripsLate } from '#test/support/trips.ts';

type Changes = Partial<ModelInput>;

const kilometres = { task: 'regression', label: 'delay' } as const;
const kinds = { task: 'multiclass', label: "case(delay > 5, 'late', 'soon')" } as const;
const auto = (...candidates: Extract<ModelInput['algorithm'], { kind: 'auto' }>['candidates']) =>
  ({ kind: 'auto', candidates }) as const;
const unsearched = (space: NonNullable<ModelInput['search']>['space'], changes: Changes = {}) => ({
  ...changes,
  search: { space },
});

describe('defineModel refuses', () => {
  it.each<[rule: string, changes: Changes, field: string, expected: string | RegExp, got: string | RegExp]>([
    [
      'a loss of a binary model',
      { algorithm: xgboost({ loss: 'absolute' }) },
      'algorithm.loss',
      'no loss: a binary model has log loss',
      '"absolute"',
    ],
    [
      'a loss of a multiclass model, by its candidate',
      { ...kinds, algorithm: auto(linear(), forest({ loss: 'poisson' })) },
      'algorithm.candidates[1].loss',
      'no loss: a multiclass model has log loss',
      '"poisson"',
    ],
    [
      'a monotone categorical feature',
      { algorithm: xgboost({ monotone: { km: 1, city: 1 } }) },
      'algorithm.monotone.city',
      'a feature that is a number',
      '"city"',
    ],
    [
      'a monotone feature that is not there',
      { algorithm: forest({ monotone: JSON.parse('{"toString":-1}') }) },
      'algorithm.monotone.toString',
      'a feature that is a number',
      '"toString"',
    ],
    [
      'interactions of a feature that is not there',
      {
        algorithm: xgboost({
          interactions: [
            ['km', 'mm'],
            ['city', 'valueOf'],
          ],
        }),
      },
      'algorithm.interactions[1]',
      'names of features',
      '"valueOf"',
    ],
    [
      'two candidates of one kind',
      { algorithm: auto(linear(), xgboost(), linear({ l2: 5 })) },
      'algorithm.candidates[2].kind',
      /^a kind that no other candidate has/,
      '"linear"',
    ],
    [
      'class weights of a regression model',
      { ...kilometres, algorithm: linear({ classWeights: 'balanced' }) },
      'algorithm.classWeights',
      'none for a regression model',
      '"balanced"',
    ],
    [
      'the weight of a class that a binary model has not',
      { algorithm: xgboost({ classWeights: { true: 3, late: 2 } }) },
      'algorithm.classWeights.late',
      'true or false',
      '"late"',
    ],
    [
      'a class weight of 0',
      { algorithm: xgboost({ classWeights: { true: 0 } }) },
      'algorithm.classWeights.true',
      'more than 0',
      '0',
    ],
    [
      'an algorithm that it does not know',
      { algorithm: { kind: 'svm' } as unknown as ModelInput['algorithm'] },
      'algorithm.kind',
      'one of "xgboost", "forest", "linear", "naive", "auto"',
      '"svm"',
    ],
    [
      'a setting of another algorithm',
      { algorithm: { kind: 'linear', rounds: 5 } as unknown as ModelInput['algorithm'] },
      'algorithm.rounds',
      'no such field',
      '5',
    ],
    [
      'a quantile of 1',
      { ...kilometres, algorithm: xgboost({ loss: 'quantile', quantile: 1 }) },
      'algorithm.quantile',
      'less than 1',
      '1',
    ],
    [
      'a search by a metric of another task',
      { search: { metric: 'mse' } },
      'search.metric',
      'one of logLoss, brier, auc',
      '"mse"',
    ],
    [
      'a search by a metric that no two models are compared by',
      { ...kinds, search: { metric: 'accuracy' } },
      'search.metric',
      'one of logLoss, brier',
      '"accuracy"',
    ],
    [
      'a range that stands on its head',
      unsearched({ maxDepth: { low: 8, high: 2, integer: true } }),
      'search.space.maxDepth',
      'low below high',
      /"low":8/,
    ],
    [
      'a logarithmic range from 0',
      unsearched({ lambda: { low: 0, high: 2, log: true } }),
      'search.space.lambda',
      'low above 0 for a logarithmic scale',
      /"low":0/,
    ],
    [
      'a range of a setting that the algorithm has not',
      unsearched({ l2: { low: 1, high: 2 } }),
      'search.space.l2',
      /^a setting of the model's algorithm/,
      '"l2"',
    ],
    [
      'a range of a setting that no candidate has',
      unsearched({ columnSample: { low: 0.1, high: 0.2 } }, { algorithm: auto(forest(), linear()) }),
      'search.space.columnSample',
      /^a setting of the model's algorithm/,
      '"columnSample"',
    ],
    [
      'a range of what is no number',
      unsearched({ monotone: { low: 1, high: 2 } }),
      'search.space.monotone',
      /that is a number/,
      '"monotone"',
    ],
    [
      'a range of what every object has',
      unsearched({ constructor: { low: 1, high: 2 } }),
      'search.space.constructor',
      /that is a number/,
      '"constructor"',
    ],
    [
      'a search for the quantile, which says what is predicted',
      unsearched({ quantile: { low: 0.1, high: 0.9 } }, kilometres),
      'search.space.quantile',
      /a number to choose/,
      '"quantile"',
    ],
    [
      'a search for the luckiest seed',
      unsearched({ seed: { low: 1, high: 9, integer: true } }),
      'search.space.seed',
      /a number to choose/,
      '"seed"',
    ],
    [
      'a range that begins where the setting may not be',
      unsearched({ learningRate: { low: 0, high: 0.5 } }),
      'search.space.learningRate.low',
      'more than 0',
      '0',
    ],
    [
      'a range that ends where the setting may not be',
      unsearched({ maxDepth: { low: 2, high: 17, integer: true } }),
      'search.space.maxDepth.high',
      'at most 16',
      '17',
    ],
    [
      'a range of fractions of a whole number',
      unsearched({ maxDepth: { low: 2, high: 8 } }),
      'search.space.maxDepth.integer',
      'true: maxDepth is a whole number',
      'false',
    ],
    [
      'quantiles of several candidates that differ: their losses do not compare',
      {
        ...kilometres,
        algorithm: auto(
          xgboost({ loss: 'quantile', quantile: 0.9 }),
          forest({ loss: 'quantile', quantile: 0.5 }),
        ),
      },
      'algorithm.candidates[1].quantile',
      '0.9, as all candidates are compared by pinball',
      '0.5',
    ],
    [
      'a candidate without the power that the search compares by',
      { ...kilometres, algorithm: auto(xgboost({ loss: 'tweedie' }), linear()) },
      'algorithm.candidates[1].tweediePower',
      '1.5, as all candidates are compared by tweedieDeviance',
      'undefined',
    ],
    [
      'a search by the pinball loss of an algorithm that has no quantile',
      { ...kilometres, algorithm: linear(), search: { metric: 'pinball' } },
      'algorithm',
      'an algorithm with a quantile, as pinball takes one',
      /"linear"/,
    ],
  ])('%s, naming field, value and what was expected', (_, changes, field, expected, got) => {
    const problems = problemsOf('SpecError', () => tripsLate(changes));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.field).toBe(field);
    expect(problems[0]?.expected).toMatch(expected);
    expect(problems[0]?.got).toMatch(got);
  });
});

describe('defineModel accepts', () => {
  it.each<[rule: string, changes: Changes]>([
    [
      'every loss of a regression model',
      { ...kilometres, algorithm: forest({ loss: 'tweedie', tweediePower: 1.2 }) },
    ],
    ['a condition that is monotone', { algorithm: xgboost({ monotone: { express: -1, mm: 1 } }) }],
    ['features that may share a path', { algorithm: xgboost({ interactions: [['city', 'km'], ['mm']] }) }],
    ['weights of both classes', { algorithm: linear({ classWeights: { true: 4, false: 0.5 } }) }],
    [
      'weights of classes that its rows will tell',
      { ...kinds, algorithm: linear({ classWeights: { late: 2 } }) },
    ],
    ['the baseline itself', { algorithm: naive() }],
    [
      'a range of a setting that one candidate has',
      unsearched({ l2: { low: 0.1, high: 9, log: true } }, { algorithm: 'auto' }),
    ],
    ['a range of whole numbers', unsearched({ rounds: { low: 1, high: 400, integer: true } })],
    ['a range up to where the setting may be', unsearched({ subsample: { low: 0.3, high: 1 } })],
    ['a search by a metric of its task', { search: { metric: 'auc' } }],
    [
      'one quantile for all candidates',
      {
        ...kilometres,
        algorithm: auto(xgboost({ loss: 'quantile', quantile: 0.9 }), forest({ quantile: 0.9 })),
      },
    ],
  ])('%s', (_, changes) => {
    expect(tripsLate(changes).algorithm).toBeDefined();
  });
});
