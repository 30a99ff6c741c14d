import { describe, expect, it } from 'vitest';
import { pointMetric } from '#core/evaluate/point-metric.ts';
import { COMPARED_METRICS, comparedMetrics, Task } from '#core/spec/task.ts';
import { problemsOf } from '#test/support/problems.ts';

describe('pointMetric', () => {
  const labels = [0, 1, 1, 0];
  const scores = [0.2, 0.8, 0.4, 0.5];
  const values = [1, 2, 4];
  const guesses = [2, 2, 1];

  it.each([
    // 3 of the 4 pairs of a positive and a negative are in order.
    ['auc', 3 / 4],
    ['logLoss', -(Math.log(0.8) + Math.log(0.8) + Math.log(0.4) + Math.log(0.5)) / 4],
    ['brier', (0.04 + 0.04 + 0.36 + 0.25) / 4],
  ] as const)('of a binary model: %s', (metric, expected) => {
    expect(pointMetric(metric, 'binary', labels, scores)).toBeCloseTo(expected, 12);
  });

  it('of a multiclass model: by the probability of the class that came', () => {
    const settings = { classes: ['a', 'b', 'c'] };
    const probabilities = [0.5, 0.25, 0.25, 0.1, 0.1, 0.8];
    expect(pointMetric('logLoss', 'multiclass', [0, 1], probabilities, settings)).toBeCloseTo(
      -(Math.log(0.5) + Math.log(0.1)) / 2,
      12,
    );
  });

  it.each([
    ['mse', (1 + 0 + 9) / 3],
    ['mae', (1 + 0 + 3) / 3],
    // One unit too much costs 1 - 0.9, three too few 3 x 0.9.
    ['pinball', (0.1 + 0 + 2.7) / 3],
    ['poissonDeviance', (2 * (Math.log(1 / 2) - 1 + 2) + 0 + 2 * (4 * Math.log(4) - 4 + 1)) / 3],
    // Power 1.5: 4 (sqrt y / sqrt m ... ) in closed form 4 (sqrt y - sqrt m)^2 / sqrt m.
    ['tweedieDeviance', (4 * (1 - Math.SQRT2) ** 2) / Math.SQRT2 / 3 + 4 / 3],
  ] as const)('of a regression model: %s', (metric, expected) => {
    const settings = { quantile: 0.9, tweediePower: 1.5 };
    expect(pointMetric(metric, 'regression', values, guesses, settings)).toBeCloseTo(expected, 12);
  });

  it.each(Task.options)('answers every metric that two %s models can be compared by', (task) => {
    const settings = { quantile: 0.5, tweediePower: 1.5, classes: ['a', 'b'] };
    const answers = task === 'multiclass' ? [0.8, 0.2, 0.3, 0.7] : [0.3, 0.7];
    for (const metric of comparedMetrics(task)) {
      expect(pointMetric(metric, task, [0, 1], answers, settings), metric).toBeGreaterThan(0);
    }
  });

  it.each([
    ['the area under the curve of one class', 'auc', 'binary', [1, 1], [0.3, 0.4]],
    ['the deviance of a negative label', 'poissonDeviance', 'regression', [-1, 1], [0.3, 0.4]],
    ['the deviance from a prediction of 0', 'poissonDeviance', 'regression', [1, 1], [0, 0.4]],
  ] as const)('is null for %s', (_, metric, task, of, by) => {
    expect(pointMetric(metric, task, of, by)).toBeNull();
  });

  it.each([
    ['mse', 'binary', 'metric'],
    ['logLoss', 'regression', 'metric'],
    ['pinball', 'regression', 'quantile'],
    ['tweedieDeviance', 'regression', 'tweediePower'],
  ] as const)('refuses %s of a %s model when it has no such thing', (metric, task, field) => {
    const problems = problemsOf('InvalidInputError', () => pointMetric(metric, task, [0, 1], [0.2, 0.4]));
    expect(problems.map((problem) => problem.field)).toEqual([field]);
  });

  it('is defined for every metric that models are compared by', () => {
    expect([...new Set(Task.options.flatMap((task) => comparedMetrics(task)))].sort()).toEqual(
      [...COMPARED_METRICS].sort(),
    );
  });
});
