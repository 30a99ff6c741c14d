import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import {
  evaluate,
  evaluateBinary,
  evaluateMulticlass,
  evaluateRegression,
  type LossMetric,
  lossOf,
} from '#core/evaluate/index.ts';
import { METRICS, type Task } from '#core/spec/task.ts';

const classes = ['a', 'b'];

describe('evaluation of any task', () => {
  it('is that of the task, with the options that it knows', () => {
    const options = {
      confidence: 0.9,
      threshold: 0.4,
      quantile: 0.8,
      tweediePower: 1.3,
      seed: 7,
      bins: 2,
      classes,
    };
    const [labels, scores] = [
      [0, 1, 1, 0],
      [0.1, 0.45, 0.8, 0.6],
    ];
    const both = scores.flatMap((score) => [1 - score, score]);
    expect(evaluate('binary', labels, scores, options)).toEqual(
      evaluateBinary(labels, scores, { confidence: 0.9, threshold: 0.4, bins: 2 }),
    );
    expect(evaluate('regression', labels, scores, options)).toEqual(
      evaluateRegression(labels, scores, { confidence: 0.9, quantile: 0.8, tweediePower: 1.3, seed: 7 }),
    );
    expect(evaluate('multiclass', labels, both, options)).toEqual(
      evaluateMulticlass(labels, both, classes, { confidence: 0.9, seed: 7, bins: 2 }),
    );
  });

  it.each(['binary', 'regression', 'multiclass'] as const)(
    'has every metric that a %s spec may name',
    (task) => {
      const scores = task === 'multiclass' ? [0.6, 0.4, 0.3, 0.7] : [0.4, 0.7];
      const evaluation = evaluate(task, [0, 1], scores, { classes });
      expect(evaluation.task).toBe(task);
      expect(Object.keys(evaluation.metrics).toSorted()).toEqual(METRICS[task].toSorted());
    },
  );

  it('of a multiclass model without classes is refused', () => {
    expect(() => evaluate('multiclass', [0], [1])).toThrow(InvalidInputError);
    expect(() => evaluate('multiclass', [0], [1])).toThrow(
      'classes: expected the names of at least 2 classes',
    );
  });
});

describe('losses of rows', () => {
  const settings = { quantile: 0.25, tweediePower: 1.5, classes };
  const means: [Task, LossMetric, string][] = [
    ['binary', 'logLoss', 'logLoss'],
    ['binary', 'brier', 'brier'],
    ['multiclass', 'logLoss', 'logLoss'],
    ['multiclass', 'brier', 'brier'],
    ['regression', 'mse', 'mse'],
    ['regression', 'mae', 'mae'],
    ['regression', 'pinball', 'pinball'],
    ['regression', 'poissonDeviance', 'poissonDeviance'],
    ['regression', 'tweedieDeviance', 'tweedieDeviance'],
  ];

  it.each(means)('of a %s model: their mean %s is the metric', (task, loss, metric) => {
    const labels = [1, 0, 1];
    const scores = task === 'multiclass' ? [0.2, 0.8, 0.9, 0.1, 0.6, 0.4] : [0.8, 0.1, 0.4];
    const losses = lossOf(loss, task, settings)(labels, scores) as Float64Array;
    const { metrics } = evaluate(task, labels, scores, settings);
    expect(losses.reduce((sum, value) => sum + value, 0) / 3).toBeCloseTo(
      (metrics as Record<string, { value: number }>)[metric]?.value as number,
      14,
    );
  });

  it('are 0 for a perfect prediction, but for the clipped logarithm', () => {
    for (const [task, loss] of means) {
      const [labels, scores] =
        task === 'multiclass'
          ? [
              [1, 1],
              [0, 1, 0, 1],
            ]
          : [
              [1, 1],
              [1, 1],
            ];
      for (const value of lossOf(loss, task, settings)(labels, scores) as Float64Array) {
        expect(Math.abs(value)).toBeLessThan(2e-15);
      }
    }
  });

  it('by error are 1 where another class is likelier', () => {
    expect([...(lossOf('error', 'binary')([1, 0, 1, 0], [0.5, 0.5, 0.4, 0.4]) as Float64Array)]).toEqual([
      0, 1, 1, 0,
    ]);
    expect([
      ...(lossOf('error', 'multiclass', settings)([1, 0, 1], [0.5, 0.5, 0.5, 0.5, 0.4, 0.6]) as Float64Array),
    ]).toEqual([1, 0, 0]);
  });

  it('of rows that a deviance is not defined for are null, not NaN', () => {
    expect(lossOf('tweedieDeviance', 'regression', settings)([1, 2], [1, 0])).toBeNull();
    expect(lossOf('poissonDeviance', 'regression')([1, -2], [1, 1])).toBeNull();
  });

  it('of a label 0 have a deviance: twice the prediction', () => {
    expect(lossOf('poissonDeviance', 'regression')([0], [3])).toEqual(Float64Array.of(6));
  });

  it('that a task does not have are refused, with those it has', () => {
    expect(() => lossOf('mse', 'binary')).toThrow(
      'metric: expected one of logLoss, brier, error for a binary model, got "mse"',
    );
  });
});
