import { describe, expect, it } from 'vitest';
import { trainSync } from '#adapters/xgboost/train.ts';
import { InvalidInputError, NotFeasibleError } from '#core/errors.ts';
import type { TrainingParameters, TrainingRequest, TrainingSet } from '#ports/trainer.ts';
import { matrix } from './fixture.ts';
import { xgboost } from './library.ts';

const set: TrainingSet = {
  features: matrix(Float32Array.of(0.5, 0, NaN, 1, -1, 2, 3, NaN), 2),
  labels: Float32Array.of(0, 1, 0, 1),
  weights: Float32Array.of(1, 0.5, 2, 3),
};
const parameters: TrainingParameters = {
  objective: 'binary:logistic',
  rounds: 2,
  earlyStop: 1,
  seed: 0,
  threads: 1,
};
const request: TrainingRequest = {
  train: set,
  validation: set,
  features: [{ name: 'distance' }, { name: 'carrier', levels: 3 }],
  parameters,
};
const { validation: _, ...withoutValidation } = request;
const withTrain = (change: Partial<TrainingSet>) => ({ ...request, train: { ...set, ...change } });
const withValues = (...values: number[]) => withTrain({ features: matrix(Float32Array.of(...values), 2) });
const withParameters = (change: Partial<TrainingParameters>) => ({
  ...request,
  parameters: { ...parameters, ...change },
});
const withFeatures = (...features: TrainingRequest['features']) => ({ ...request, features });

describe('training', () => {
  it('takes missing values, weight 0 for some rows and levels up to the last', () => {
    const change = { weights: Float32Array.of(0, 0.5, 2, 3) };
    expect(trainSync(xgboost, withTrain(change)).history.length).toBeGreaterThan(0);
  });

  it.each<[what: string, request: TrainingRequest, message: string]>([
    [
      'no rows',
      withTrain({ features: { rows: 0, columns: 2, values: new Float32Array(0) } }),
      'train.features.rows: expected a whole number, 1 or more, got 0',
    ],
    [
      'half a row',
      withTrain({ features: { rows: 1.5, columns: 2, values: new Float32Array(3) } }),
      'train.features.rows: expected a whole number, 1 or more, got 1.5',
    ],
    [
      'more columns than features',
      withTrain({ features: matrix(new Float32Array(12), 3) }),
      'train.features.columns: expected 2, got 3',
    ],
    [
      'validation columns other than the features',
      { ...request, validation: { ...set, features: matrix(new Float32Array(4), 1) } },
      'validation.features.columns: expected 2, got 1',
    ],
    [
      'fewer values than rows x columns',
      withTrain({ features: { rows: 4, columns: 2, values: new Float32Array(7) } }),
      'train.features.values: expected rows x columns = 4 x 2 = 8 numbers, got 7',
    ],
    [
      'an infinite value',
      withValues(0, 0, Infinity, 1, 0, 2, 0, 0),
      'train.features[1].distance: expected a finite float32 or NaN for missing, got Infinity',
    ],
    [
      'a level past the last',
      withValues(0, 0, 0, 1, 0, 3, 0, 0),
      "train.features[2].carrier: expected a level's index, 0 to 2, or NaN for missing, got 3",
    ],
    [
      'a negative level',
      withValues(0, -1, 0, 1, 0, 2, 0, 0),
      "train.features[0].carrier: expected a level's index, 0 to 2, or NaN for missing, got -1",
    ],
    [
      'a level between two',
      withValues(0, 0, 0, 1, 0, 2, 0, 0.5),
      "train.features[3].carrier: expected a level's index, 0 to 2, or NaN for missing, got 0.5",
    ],
    [
      'a label too few',
      withTrain({ labels: Float32Array.of(0, 1, 0) }),
      'train.labels: expected one a row, 4, got 3',
    ],
    [
      'a label that is neither 0 nor 1',
      withTrain({ labels: Float32Array.of(0, 1, 2, 0) }),
      'train.labels[2]: expected 0 or 1, got 2',
    ],
    [
      'a missing label',
      withTrain({ labels: Float32Array.of(0, 1, 0, NaN) }),
      'train.labels[3]: expected 0 or 1, got NaN',
    ],
    [
      'a weight too many',
      withTrain({ weights: new Float32Array(5) }),
      'train.weights: expected one a row, 4, got 5',
    ],
    [
      'a negative weight',
      withTrain({ weights: Float32Array.of(1, -1, 1, 1) }),
      'train.weights[1]: expected a finite number, 0 or more, got -1',
    ],
    [
      'an infinite weight',
      withTrain({ weights: Float32Array.of(1, Infinity, 1, 1) }),
      'train.weights[1]: expected a finite number, 0 or more, got Infinity',
    ],
    ['no features', withFeatures(), 'features: expected at least 1, got 0'],
    [
      'a name twice',
      withFeatures({ name: 'distance' }, { name: 'distance' }),
      'features[1].name: expected a name of its own, got "distance"',
    ],
    [
      "a name that XGBoost's Python package refuses",
      withFeatures({ name: 'distance<1' }, { name: 'carrier' }),
      'features[0].name: expected a text without [, ] and <, got "distance<1"',
    ],
    [
      'a categorical feature without levels',
      withFeatures({ name: 'distance' }, { name: 'carrier', levels: 0 }),
      'features[1].levels: expected a whole number, 1 to 65536, got 0',
    ],
    [
      'no rounds',
      withParameters({ rounds: 0 }),
      'parameters.rounds: expected a whole number, 1 or more, got 0',
    ],
    [
      'half a thread',
      withParameters({ threads: 0.5 }),
      'parameters.threads: expected a whole number, 1 to 256, got 0.5',
    ],
    [
      'a negative seed',
      withParameters({ seed: -1 }),
      'parameters.seed: expected a whole number, 0 or more, got -1',
    ],
    [
      'patience of no round',
      withParameters({ earlyStop: 0 }),
      'parameters.earlyStop: expected a whole number, 1 or more, got 0',
    ],
    [
      'a parameter that is not a number',
      withParameters({ learningRate: NaN }),
      'parameters.learningRate: expected a number above 0 and at most 1, got NaN',
    ],
    [
      'early stopping without validation rows',
      withoutValidation,
      'validation: expected rows to stop early by, got none',
    ],
  ])('refuses %s', (_, refused, message) => {
    expect(() => trainSync(xgboost, refused)).toThrow(InvalidInputError);
    expect(() => trainSync(xgboost, refused)).toThrow(message);
  });

  it('names every part that is wrong at once', () => {
    const refused = {
      ...withTrain({ labels: Float32Array.of(0, 1, 2, 0) }),
      parameters: { ...parameters, seed: -1 },
    };
    expect(() => trainSync(xgboost, refused)).toThrow(/parameters\.seed.*; train\.labels\[2\]/);
  });

  it.each<[what: string, request: TrainingRequest, message: string]>([
    [
      'rows of one class',
      withTrain({ labels: new Float32Array(4) }),
      'train: expected rows of every label 0 to 1 with a weight above 0, got none of label 1',
    ],
    [
      'a class of weight 0',
      withTrain({ weights: Float32Array.of(1, 0, 1, 0) }),
      'train: expected rows of every label 0 to 1 with a weight above 0, got none of label 1',
    ],
    [
      'validation rows of one class for AUC',
      { ...withParameters({ metric: 'auc' }), validation: { ...set, labels: new Float32Array(4).fill(1) } },
      'validation: expected rows of every label 0 to 1 with a weight above 0, got none of label 0',
    ],
    [
      'validation rows without weight',
      { ...request, validation: { ...set, weights: new Float32Array(4) } },
      'validation: expected rows with a weight above 0, got none',
    ],
  ])('is not feasible with %s', (_, refused, message) => {
    expect(() => trainSync(xgboost, refused)).toThrow(NotFeasibleError);
    expect(() => trainSync(xgboost, refused)).toThrow(message);
  });
});
