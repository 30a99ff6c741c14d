import { describe, expect, it } from 'vitest';
import { trainSync } from '#adapters/xgboost/train.ts';
import { InvalidInputError, NotFeasibleError } from '#core/errors.ts';
import type { TrainingParameters, TrainingRequest, TrainingSet } from '#ports/trainer.ts';
import { matrix } from './fixture.ts';
import { xgboost } from './library.ts';

const features = [{ name: 'distance' }, { name: 'carrier', levels: 3 }];

/** Four rows with these labels, to learn from and to judge by. */
function request(
  parameters: Partial<TrainingParameters>,
  labels: readonly number[] = [0, 1, 0, 1],
  weights?: readonly number[],
): TrainingRequest {
  const train: TrainingSet = {
    features: matrix(Float32Array.of(0.5, 0, NaN, 1, -1, 2, 3, NaN), 2),
    labels: Float32Array.from(labels),
    ...(weights && { weights: Float32Array.from(weights) }),
  };
  const given = { objective: 'binary:logistic', rounds: 2, seed: 0, threads: 1, ...parameters } as const;
  return { train, validation: train, features, parameters: given };
}
const multi = { objective: 'multi:softprob', classes: 3 } as const;
const quantile = { objective: 'reg:quantileerror', quantile: 0.5 } as const;
// biome-ignore lint/suspicious/noExplicitAny: what a caller in JavaScript could send
const untyped = (parameters: Record<string, unknown>) => parameters as any;

describe('training', () => {
  it.each<[what: string, request: TrainingRequest]>([
    ['negative labels for a regression', request({ objective: 'reg:absoluteerror' }, [-1e6, 0, 2.5, 7])],
    ['fractions for Tweedie', request({ objective: 'reg:tweedie', tweediePower: 1.9 }, [0, 0.5, 0, 9.25])],
    ['some counts of 0', request({ objective: 'count:poisson' }, [0, 0, 0, 1])],
    ['every class', request(multi, [0, 1, 2, 1])],
    ['one label for a regression', request({ objective: 'reg:squarederror' }, [7, 7, 7, 7])],
    ['empty constraints', request({ monotone: {}, interactions: [] })],
    ['a bar for pruning', { ...request({}), prune: [{ round: 0, value: 1e9 }] }],
  ])('takes %s', (_, taken) => {
    expect(trainSync(xgboost, taken).history.length).toBe(2);
  });

  it.each<[what: string, request: TrainingRequest, message: string]>([
    [
      'an objective that it does not know',
      request(untyped({ objective: 'rank:pairwise' })),
      'parameters.objective: expected binary:logistic, multi:softprob, reg:squarederror, reg:absoluteerror, reg:quantileerror, count:poisson, reg:tweedie, got "rank:pairwise"',
    ],
    [
      'a metric of another objective',
      request({ objective: 'reg:squarederror', metric: 'auc' }, [1, 2, 3, 4]),
      'parameters.metric: expected rmse, mae for reg:squarederror, got "auc"',
    ],
    [
      'classes without their number',
      request({ objective: 'multi:softprob' }),
      'parameters.classes: expected a whole number, 2 to 1024, got nothing',
    ],
    [
      'a single class',
      request({ objective: 'multi:softprob', classes: 1 }, [0, 0, 0, 0]),
      'parameters.classes: expected a whole number, 2 to 1024, got 1',
    ],
    [
      'more classes than memory is for',
      request({ objective: 'multi:softprob', classes: 1025 }),
      'parameters.classes: expected a whole number, 2 to 1024, got 1025',
    ],
    [
      'a number of classes for a binary objective',
      request({ classes: 3 }),
      'parameters.classes: expected nothing for binary:logistic, got 3',
    ],
    [
      'a class past the last',
      request(multi, [0, 1, 3, 2]),
      "train.labels[2]: expected a class's index, 0 to 2, got 3",
    ],
    [
      'a class between two',
      request(multi, [0, 1, 0.5, 2]),
      "train.labels[2]: expected a class's index, 0 to 2, got 0.5",
    ],
    [
      'a negative class',
      request(multi, [0, -1, 1, 2]),
      "train.labels[1]: expected a class's index, 0 to 2, got -1",
    ],
    [
      'a quantile objective without a quantile',
      request({ objective: 'reg:quantileerror' }, [1, 2, 3, 4]),
      'parameters.quantile: expected a number above 0 and below 1, got nothing',
    ],
    [
      'the quantile 1',
      request({ objective: 'reg:quantileerror', quantile: 1 }, [1, 2, 3, 4]),
      'parameters.quantile: expected a number above 0 and below 1, got 1',
    ],
    [
      'a quantile that float32 takes for 1',
      request({ objective: 'reg:quantileerror', quantile: 0.99999999 }, [1, 2, 3, 4]),
      'parameters.quantile: expected a number above 0 and below 1, got 0.99999999',
    ],
    [
      'a quantile for another objective',
      request({ quantile: 0.5 }),
      'parameters.quantile: expected nothing for binary:logistic, got 0.5',
    ],
    [
      'a Tweedie power of 1, whose deviance is no number',
      request({ objective: 'reg:tweedie', tweediePower: 1 }, [1, 2, 3, 4]),
      'parameters.tweediePower: expected a number above 1 and below 2, got 1',
    ],
    [
      'a Tweedie power for counts',
      request({ objective: 'count:poisson', tweediePower: 1.5 }, [1, 2, 3, 4]),
      'parameters.tweediePower: expected nothing for count:poisson, got 1.5',
    ],
    [
      'a negative count',
      request({ objective: 'count:poisson' }, [1, 2, -1, 4]),
      'train.labels[2]: expected a finite number, 0 or more, got -1',
    ],
    [
      'a negative amount',
      request({ objective: 'reg:tweedie' }, [1, 2, -0.5, 4]),
      'train.labels[2]: expected a finite number, 0 or more, got -0.5',
    ],
    [
      'an infinite label',
      request(quantile, [1, 2, Infinity, 4]),
      'train.labels[2]: expected a finite number, got Infinity',
    ],
    [
      'a missing label of a regression',
      request({ objective: 'reg:squarederror' }, [1, NaN, 3, 4]),
      'train.labels[1]: expected a finite number, got NaN',
    ],
    [
      'a learning rate of 0, from which nothing is learned',
      request({ learningRate: 0 }),
      'parameters.learningRate: expected a number above 0 and at most 1, got 0',
    ],
    [
      'a text for a number',
      request(untyped({ lambda: '1' })),
      'parameters.lambda: expected a finite number, 0 or more, got "1"',
    ],
    [
      'a penalty that float32 takes for infinite',
      request({ alpha: 1e39 }),
      'parameters.alpha: expected a finite number, 0 or more, got 1e+39',
    ],
    [
      'a negative penalty',
      request({ gamma: -1 }),
      'parameters.gamma: expected a finite number, 0 or more, got -1',
    ],
    [
      'no columns to choose from',
      request({ columnSampleByNode: 0 }),
      'parameters.columnSampleByNode: expected a number above 0 and at most 1, got 0',
    ],
    [
      'more rows than there are',
      request({ subsample: 1.5 }),
      'parameters.subsample: expected a number above 0 and at most 1, got 1.5',
    ],
    [
      'rounds without trees',
      request({ treesPerRound: 0 }),
      'parameters.treesPerRound: expected a whole number, 1 to 100000, got 0',
    ],
    [
      'trees deeper than their nodes can be counted',
      request({ maxDepth: 31 }),
      'parameters.maxDepth: expected a whole number, 1 to 30, got 31',
    ],
    ['one bin', request({ maxBins: 1 }), 'parameters.maxBins: expected a whole number, 2 to 65536, got 1'],
    [
      'more threads than a process can start',
      request({ threads: 257 }),
      'parameters.threads: expected a whole number, 1 to 256, got 257',
    ],
    [
      'no seed',
      request(untyped({ seed: undefined })),
      'parameters.seed: expected a whole number, 0 or more, got nothing',
    ],
    [
      'a direction for a feature that is not there',
      request({ monotone: { speed: 1 } }),
      "parameters.monotone.speed: expected a numeric feature's name, got no such feature",
    ],
    [
      'a direction for a categorical feature',
      request({ monotone: { carrier: 1 } }),
      "parameters.monotone.carrier: expected a numeric feature's name, got a categorical feature",
    ],
    [
      'a direction that is none',
      request(untyped({ monotone: { distance: 0 } })),
      'parameters.monotone.distance: expected 1 or -1, got 0',
    ],
    [
      'a group with a feature that is not there',
      request({ interactions: [['carrier'], ['distance', 'speed']] }),
      'parameters.interactions[1][1]: expected a feature\'s name, got "speed"',
    ],
    [
      'a group of none',
      request({ interactions: [[]] }),
      'parameters.interactions[0]: expected at least one feature, got []',
    ],
    [
      'a bar before the first round',
      { ...request({}), prune: [{ round: -1, value: 1 }] },
      'prune[0].round: expected a whole number, 0 or more, got -1',
    ],
    [
      'a bar of no height',
      { ...request({}), prune: [{ round: 1, value: NaN }] },
      'prune[0].value: expected a finite number, got NaN',
    ],
    [
      'a bar without validation rows',
      { ...request({}), validation: untyped({}).none, prune: [{ round: 1, value: 1 }] },
      'validation: expected rows to prune by, got none',
    ],
  ])('refuses %s', (_, refused, message) => {
    expect(() => trainSync(xgboost, refused)).toThrow(InvalidInputError);
    expect(() => trainSync(xgboost, refused)).toThrow(message);
  });

  const judgedBy = (learned: TrainingRequest, labels: readonly number[]) => ({
    ...learned,
    validation: { ...learned.train, labels: Float32Array.from(labels) },
  });
  it.each<[what: string, request: TrainingRequest, message: string]>([
    [
      'a class without rows',
      request(multi, [0, 2, 2, 0]),
      'train: expected rows of every label 0 to 2 with a weight above 0, got none of label 1',
    ],
    [
      'a class that the validation rows lack for AUC',
      judgedBy(request({ ...multi, metric: 'auc' }, [0, 1, 2, 0]), [0, 1, 1, 0]),
      'validation: expected rows of every label 0 to 2 with a weight above 0, got none of label 2',
    ],
    [
      'validation rows of one class for precision and recall',
      judgedBy(request({ metric: 'aucpr' }), [0, 0, 0, 0]),
      'validation: expected rows of every label 0 to 1 with a weight above 0, got none of label 1',
    ],
    [
      'counts of 0 alone',
      request({ objective: 'count:poisson' }, [0, 0, 0, 0]),
      'train: expected a label above 0 with a weight above 0, got only labels of 0',
    ],
    [
      'amounts of 0 in all rows that count',
      request({ objective: 'reg:tweedie' }, [0, 0, 0, 3], [1, 1, 1, 0]),
      'train: expected a label above 0 with a weight above 0, got only labels of 0',
    ],
    [
      'a regression on rows without weight',
      request({ objective: 'reg:squarederror' }, [1, 2, 3, 4], [0, 0, 0, 0]),
      'train: expected rows with a weight above 0, got none',
    ],
  ])('is not feasible with %s', (_, refused, message) => {
    expect(() => trainSync(xgboost, refused)).toThrow(NotFeasibleError);
    expect(() => trainSync(xgboost, refused)).toThrow(message);
  });

  it('judges classes by log loss on rows that lack one', () => {
    const judged = judgedBy(request(multi, [0, 1, 2, 0]), [0, 1, 1, 0]);
    expect(trainSync(xgboost, judged).history.length).toBe(2);
  });
});
