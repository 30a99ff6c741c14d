import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFeasibleError } from '#core/errors.ts';
import { fitLinear, type LinearRequest } from '#core/linear/index.ts';
import { matrix } from '#test/fixtures/linear/linear.ts';

const request: LinearRequest = {
  task: 'binary',
  features: matrix([
    [1, 0],
    [2, 1],
    [3, 2],
    [2.5, 0],
    [1.5, 1],
  ]),
  names: ['distance', 'carrier'],
  levels: [undefined, 3],
  labels: Float32Array.of(0, 1, 0, 1, 1),
  l2: 1,
};
const multiclass = { task: 'multiclass', classes: 3, labels: Float32Array.of(0, 1, 2, 1, 0) } as const;
const cells = (at: number, value: number) => ({
  features: {
    ...request.features,
    values: request.features.values.map((cell, index) => (index === at ? value : cell)),
  },
});

function refusal(change: Partial<LinearRequest>): unknown {
  try {
    fitLinear({ ...request, ...change });
  } catch (error) {
    return error;
  }
  return 'not refused';
}

describe('fitting refuses, naming the field,', () => {
  it.each<[string, Partial<LinearRequest>, string]>([
    ['no feature', { names: [], levels: [] }, 'names: expected at least 1, got 0'],
    ['levels of other columns', { levels: [undefined] }, 'levels: expected one a name, 2, got 1'],
    ['half a level', { levels: [undefined, 2.5] }, 'levels[1]: expected a whole number, 1 or more, got 2.5'],
    ['no row', { features: matrix([]) }, 'features.rows: expected a whole number, 1 or more, got 0'],
    ['another width', { features: matrix([[1], [2]]) }, 'features.columns: expected 2, got 1'],
    [
      'a short matrix',
      { features: { rows: 5, columns: 2, values: new Float32Array(9) } },
      'features.values: expected rows x columns = 5 x 2 = 10 numbers, got 9',
    ],
    [
      'infinity',
      cells(4, Infinity),
      'features[2][0]: expected a finite float32 or NaN for missing, got Infinity',
    ],
    [
      'a level too high',
      cells(5, 3),
      "features[2].carrier: expected a level's index, 0 to 2, or NaN for missing, got 3",
    ],
    [
      'a level between two',
      cells(5, 0.5),
      "features[2].carrier: expected a level's index, 0 to 2, or NaN for missing, got 0.5",
    ],
    ['labels of other rows', { labels: Float32Array.of(0, 1) }, 'labels: expected one a row, 5, got 2'],
    ['a label 2', { labels: Float32Array.of(0, 1, 2, 0, 1) }, 'labels[2]: expected 0 or 1, got 2'],
    [
      'a missing label',
      { labels: Float32Array.of(0, 1, 0, 0, Number.NaN) },
      'labels[4]: expected 0 or 1, got NaN',
    ],
    [
      'a missing value to predict',
      { task: 'regression', labels: Float32Array.of(0, 1, 2.5, 0, Number.NaN) },
      'labels[4]: expected a finite number, got NaN',
    ],
    [
      'one class of many',
      { ...multiclass, classes: 1 },
      'classes: expected a whole number, 2 or more, got 1',
    ],
    ['a class too high', { ...multiclass, classes: 2 }, 'labels[2]: expected a class, 0 to 1, got 2'],
    ['weights of other rows', { weights: Float32Array.of(1) }, 'weights: expected one a row, 5, got 1'],
    [
      'a negative weight',
      { weights: Float32Array.of(1, 1, -1, 1, 1) },
      'weights[2]: expected a finite number, 0 or more, got -1',
    ],
    [
      'an infinite weight',
      { weights: Float32Array.of(1, 1, Infinity, 1, 1) },
      'weights[2]: expected a finite number, 0 or more, got Infinity',
    ],
    ['a negative penalty', { l2: -1 }, 'l2: expected a finite number, 0 or more, got -1'],
    ['an infinite penalty', { l2: Infinity }, 'l2: expected a finite number, 0 or more, got Infinity'],
    ['no step', { maxIterations: 0 }, 'maxIterations: expected a whole number, 1 or more, got 0'],
  ])('%s', (_, change, message) => {
    const error = refusal(change);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as Error).message).toBe(message);
  });
});

describe('fitting says what is not feasible:', () => {
  const numbers = { names: ['x', 'y'], levels: [undefined, undefined] };
  it.each<[string, Partial<LinearRequest>, string]>([
    [
      'one class only',
      { labels: new Float32Array(5) },
      'labels: expected rows of every class with a weight above 0, got none of class 1 (rows by class: 5, 0)',
    ],
    [
      'a class whose rows have weight 0',
      { ...multiclass, weights: Float32Array.of(1, 1, 0, 1, 1) },
      'labels: expected rows of every class with a weight above 0, got none of class 2 (rows by class: 2, 2, 0)',
    ],
    [
      'only rows of weight 0',
      { task: 'regression', weights: new Float32Array(5) },
      'labels: expected rows with a weight above 0, got none of 5',
    ],
    ['one-hot levels without penalty', { l2: 0 }, 'features: some columns are sums of others'],
    [
      'a column twice without penalty',
      { ...numbers, task: 'regression', features: matrix([1, 4, 2, 8, 5].map((x) => [x, 3 * x])), l2: 0 },
      'features: some columns are sums of others',
    ],
    [
      'separated classes without penalty',
      {
        ...numbers,
        features: matrix([
          [-3, 1],
          [2, 4],
          [-1, 1],
          [3, 1],
          [4, 5],
        ]),
        l2: 0,
      },
      'labels: the features separate the classes',
    ],
    [
      'a column that is always right where it is not 0, without penalty',
      {
        ...numbers,
        features: matrix([
          [0, 1],
          [0, 4],
          [0, 3],
          [1, 2],
          [1, 1],
        ]),
        l2: 0,
      },
      'labels: the features separate the classes',
    ],
    [
      'one class of three that stands apart, without penalty',
      {
        ...numbers,
        ...multiclass,
        features: matrix([
          [1, 1],
          [2, 4],
          [90, 2],
          [1, 3],
          [2, 2],
        ]),
        l2: 0,
      },
      'labels: the features separate the classes',
    ],
    [
      'too few steps',
      { l2: 1e-3, maxIterations: 1 },
      'maxIterations: the weights still move after 1: allow more',
    ],
  ])('%s', (_, change, message) => {
    const error = refusal(change);
    expect(error).toBeInstanceOf(NotFeasibleError);
    expect((error as Error).message).toContain(message);
  });
});
