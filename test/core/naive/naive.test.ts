import { describe, expect, it } from 'vitest';
import { InvalidInputError, NotFeasibleError } from '#core/errors.ts';
import { fitNaive, type NaiveModel, naivePredictor, parseNaiveModel } from '#core/naive/index.ts';
import type { Predictor } from '#ports/predictor.ts';
import { matrix } from '#test/fixtures/linear/linear.ts';

const answers = (models: NaiveModel[]) =>
  Object.fromEntries(models.map(({ rule, outputs }) => [rule, outputs]));
const regression = (labels: number[], weights?: number[]) =>
  answers(
    fitNaive({
      task: 'regression',
      labels: Float32Array.from(labels),
      ...(weights && { weights: Float32Array.from(weights) }),
    }),
  );

describe('the naive baseline', () => {
  it('of a binary label is the share of ones', () => {
    expect(fitNaive({ task: 'binary', labels: Float32Array.of(1, 0, 0, 0) })).toEqual([
      { kind: 'naive', task: 'binary', rule: 'prior', outputs: [0.25] },
    ]);
  });

  it('of classes is the share of each, also of one that no row has', () => {
    const models = fitNaive({ task: 'multiclass', classes: 4, labels: Float32Array.of(2, 0, 2, 1) });
    expect(answers(models)).toEqual({ prior: [0.25, 0.25, 0.5, 0] });
  });

  it('of a number is the mean, the median and the newest label', () => {
    expect(regression([5, 1, 10, 2])).toEqual({ mean: [4.5], median: [3.5], last: [2] });
    expect(regression([9, 1, 5])).toEqual({ mean: [5], median: [5], last: [5] });
    expect(regression([7])).toEqual({ mean: [7], median: [7], last: [7] });
  });

  it('counts a row by its weight, and one of weight 0 not at all', () => {
    expect(regression([1, 2, 8, 100], [1, 1, 3, 0])).toEqual({ mean: [5.4], median: [8], last: [8] });
    expect(regression([1, 2, 8], [1, 1, 2])).toEqual({ mean: [4.75], median: [5], last: [8] });
    const labels = Float32Array.of(1, 0, 0);
    expect(answers(fitNaive({ task: 'binary', labels, weights: Float32Array.of(3, 1, 0) }))).toEqual({
      prior: [0.75],
    });
  });

  it('is refused for labels and weights that do not fit, and without rows', () => {
    expect(() => fitNaive({ task: 'binary', labels: Float32Array.of(2) })).toThrow(InvalidInputError);
    expect(() => fitNaive({ task: 'binary', labels: Float32Array.of(2) })).toThrow(
      'labels[0]: expected 0 or 1, got 2',
    );
    expect(() => fitNaive({ task: 'regression', labels: new Float32Array(0) })).toThrow(NotFeasibleError);
    expect(() => fitNaive({ task: 'regression', labels: new Float32Array(0) })).toThrow('got none of 0');
  });
});

describe('a served baseline', () => {
  const rows = matrix([
    [1, Number.NaN],
    [2, 3],
  ]);

  it('gives every row the same score, all of it bias', () => {
    const predictor: Predictor = naivePredictor(
      { kind: 'naive', task: 'binary', rule: 'prior', outputs: [0.75] },
      2,
    );
    const logOdds = Math.fround(Math.log(3));
    expect(predictor).toMatchObject({ columns: 2, outputs: 1 });
    expect([...predictor.scores(rows)]).toEqual([0.75, 0.75]);
    expect([...predictor.margins(rows)]).toEqual([logOdds, logOdds]);
    expect([...predictor.contributions(rows)]).toEqual([0, 0, logOdds, 0, 0, logOdds]);
  });

  it('gives the share of every class', () => {
    const outputs = [0.25, 0.75, 0];
    const predictor = naivePredictor({ kind: 'naive', task: 'multiclass', rule: 'prior', outputs }, 2);
    const scores = [...predictor.scores(rows)];
    for (const [at, score] of scores.entries()) expect(score).toBeCloseTo(outputs[at % 3] as number, 7);
    expect(scores).toHaveLength(6);
    expect([...predictor.contributions(rows)].slice(3, 6)).toEqual([0, 0, Math.fround(Math.log(0.75))]);
  });

  it('gives the value of a regression', () => {
    const predictor = naivePredictor({ kind: 'naive', task: 'regression', rule: 'last', outputs: [-3.5] }, 2);
    expect([...predictor.scores(rows)]).toEqual([-3.5, -3.5]);
  });

  it('has finite margins for a class that is always or never', () => {
    for (const share of [0, 1]) {
      const predictor = naivePredictor({ kind: 'naive', task: 'binary', rule: 'prior', outputs: [share] }, 2);
      expect(predictor.margins(rows).every(Number.isFinite)).toBe(true);
      expect(predictor.scores(rows)[0]).toBeCloseTo(share, 7);
    }
    const never = naivePredictor({ kind: 'naive', task: 'multiclass', rule: 'prior', outputs: [1, 0] }, 2);
    expect(never.margins(rows).every(Number.isFinite)).toBe(true);
  });
});

describe('a baseline file', () => {
  const model = { kind: 'naive', task: 'regression', rule: 'mean', outputs: [2] };

  it('is read as it was written', () => {
    expect(parseNaiveModel(model)).toBe(model);
    const shares = { kind: 'naive', task: 'multiclass', rule: 'prior', outputs: [0, 1] };
    expect(parseNaiveModel(shares)).toBe(shares);
  });

  it.each<[string, unknown, string]>([
    ['no object', null, 'kind: expected "naive", got undefined'],
    ['another kind', { ...model, kind: 'linear' }, 'kind: expected "naive", got "linear"'],
    [
      'another task',
      { ...model, task: 'rank' },
      'task: expected binary, multiclass or regression, got "rank"',
    ],
    ['a rule of another task', { ...model, rule: 'prior' }, 'rule: expected mean, median, last, got "prior"'],
    ['two values', { ...model, outputs: [1, 2] }, 'outputs: expected 1 finite, got [1,2]'],
    ['no number', { ...model, outputs: [null] }, 'outputs: expected 1 finite, got [null]'],
    [
      'a share above 1',
      { ...model, task: 'binary', rule: 'prior', outputs: [1.5] },
      'outputs: expected 1 in [0, 1], got [1.5]',
    ],
    [
      'a text as share',
      { ...model, task: 'binary', rule: 'prior', outputs: ['1'] },
      'outputs: expected 1 in [0, 1], got ["1"]',
    ],
    [
      'one class of many',
      { ...model, task: 'multiclass', rule: 'prior', outputs: [1] },
      'outputs: expected 2 or more in [0, 1], got [1]',
    ],
  ])('is refused with %s', (_, input, message) => {
    expect(() => parseNaiveModel(input)).toThrow(InvalidInputError);
    expect(() => parseNaiveModel(input)).toThrow(message);
  });
});
