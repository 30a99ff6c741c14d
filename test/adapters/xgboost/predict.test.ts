import { afterAll, describe, expect, it } from 'vitest';
import { XgboostError } from '#adapters/xgboost/error.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { InvalidInputError } from '#core/errors.ts';
import { bits, matrix, pythonModels, readPythonModel, readRefusedModels, sameMachine } from './fixture.ts';
import { xgboost } from './library.ts';

describe.each(pythonModels)('a %s model saved by Python', (name) => {
  const python = readPythonModel(name);
  const predictor = loadPredictor(xgboost, python.model);
  afterAll(() => predictor.close());

  it("gives Python's margins to the bit", () => {
    expect(bits(predictor.margins(python.asked))).toEqual(bits(python.margins));
  });

  it("gives Python's probabilities to the bit", () => {
    const answers = predictor.scores(python.asked);
    if (sameMachine(python.madeOn)) expect(bits(answers)).toEqual(bits(python.probabilities));
    else expectNear(answers, python.probabilities, 1e-6);
  });

  it("gives Python's SHAP values", () => {
    const answers = predictor.contributions(python.asked);
    expect(answers.length).toBe(python.asked.rows * (python.asked.columns + 1));
    if (sameMachine(python.madeOn)) expect(bits(answers)).toEqual(bits(python.contributions));
    else expectNear(answers, python.contributions, 1e-4);
  });

  it('gives SHAP values that sum to the margin (Lundberg 2020, local accuracy)', () => {
    const width = predictor.columns + 1;
    const contributions = predictor.contributions(python.asked);
    const sums = python.margins.map((_, row) =>
      contributions.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0),
    );
    expectNear(sums, python.margins, 1e-4);
  });

  it('answers a row alone as among others, on 1 and on 2 threads', () => {
    const { values, columns, rows } = python.asked;
    const parallel = loadPredictor(xgboost, python.model, 2);
    expect(bits(parallel.margins(python.asked))).toEqual(bits(python.margins));
    parallel.close();
    for (let row = 0; row < rows; row++) {
      const alone = predictor.margins(matrix(values.slice(row * columns, (row + 1) * columns), columns));
      expect(bits(alone)).toEqual(bits(python.margins.slice(row, row + 1)));
    }
  });

  it('keeps an answer when the next one is asked', () => {
    const first = predictor.margins(python.asked);
    predictor.margins(matrix(new Float32Array(python.asked.values.length).fill(1), python.asked.columns));
    expect(bits(first)).toEqual(bits(python.margins));
  });
});

describe('a predictor', () => {
  const { model, asked } = readPythonModel('numeric');
  const predictor = loadPredictor(xgboost, model);
  afterAll(() => predictor.close());

  it.each([
    ['too few columns', matrix(new Float32Array(5), 5), 'features.columns: expected 6, got 5'],
    [
      'fewer values than its shape says',
      { rows: 2, columns: 6, values: new Float32Array(11) },
      'features.values: expected rows x columns = 2 x 6 = 12 numbers, got 11',
    ],
    [
      'no row',
      { rows: 0, columns: 6, values: new Float32Array(0) },
      'features.rows: expected a whole number, 1 or more, got 0',
    ],
    [
      'an infinite value',
      matrix(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, -Infinity, 0, 0, 0), 6),
      'features[1][2]: expected a finite float32 or NaN for missing, got -Infinity',
    ],
  ])('refuses a matrix with %s', (_, features, message) => {
    for (const answer of [predictor.margins, predictor.scores, predictor.contributions]) {
      expect(() => answer(features)).toThrow(InvalidInputError);
      expect(() => answer(features)).toThrow(message);
    }
  });

  it('refuses to answer after it is closed, and may be closed twice', () => {
    const closed = loadPredictor(xgboost, model);
    closed.close();
    closed.close();
    expect(() => closed.margins(asked)).toThrow(XgboostError);
    expect(() => closed.contributions(asked)).toThrow(XgboostError);
  });

  const expectations: Record<string, string> = {
    dart: 'booster must be "gbtree", got "dart"',
    linear: 'booster must be "gbtree", got "gblinear"',
    gamma: 'reg:tweedie, got "reg:gamma"',
    'hard-classes': 'reg:tweedie, got "multi:softmax"',
    'two-targets': 'num_target must be "1", got "2"',
    'two-quantiles': 'num_target must be "1", got "2"',
    'vector-leaves': 'num_trees must be "9", one for each round, output and parallel tree, got "3"',
  };
  it.each(readRefusedModels())('refuses a model with %s, which answers otherwise', (kind, other) => {
    expect(() => loadPredictor(xgboost, other)).toThrow(XgboostError);
    expect(() => loadPredictor(xgboost, other)).toThrow(expectations[kind]);
  });

  it('says what libxgboost says about an object that is no model, without a stack trace', () => {
    const noModel = Buffer.from('{L\0\0\0\0\0\0\0\x01aT}', 'latin1');
    expect(() => loadPredictor(xgboost, noModel)).toThrow(XgboostError);
    expect(() => loadPredictor(xgboost, noModel)).toThrow(
      /^XGBoosterLoadModelFromBuffer: .*(?![\s\S]*Stack)/,
    );
  });
});

function expectNear(got: Float32Array, expected: Float32Array, tolerance: number): void {
  expect(got.length).toBe(expected.length);
  for (const [index, value] of got.entries()) {
    expect(Math.abs(value - (expected[index] as number))).toBeLessThanOrEqual(tolerance);
  }
}
