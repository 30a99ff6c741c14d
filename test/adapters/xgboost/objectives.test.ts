import { afterAll, describe, expect, it } from 'vitest';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { TRAINING_METRICS } from '#ports/trainer.ts';
import { bits, sameMachine } from './fixture.ts';
import { xgboost } from './library.ts';
import { asked, madeOn, pythonCases } from './objectives.ts';

describe.each(pythonCases)('$name, trained with what Python was given', (python) => {
  const trained = trainSync(xgboost, python.request);
  const predictor = loadPredictor(xgboost, python.model);
  afterAll(() => predictor.close());

  it("ends at Python's round and keeps Python's best", () => {
    expect(trained.bestRound).toBe(python.bestRound);
    expect(trained.history.length).toBe(python.train.length);
    expect(trained.prunedAt).toBeUndefined();
  });

  it("sees Python's metric in every round", () => {
    for (const [round, { train, validation }] of trained.history.entries()) {
      expect(train).toBeCloseTo(python.train[round] as number, 6);
      if (python.request.validation) expect(validation).toBeCloseTo(python.validation[round] as number, 6);
    }
  });

  it("is Python's file to the byte, twice", () => {
    const again = trainSync(xgboost, python.request);
    expect(Buffer.compare(again.model, trained.model)).toBe(0);
    expect(sameMachine(madeOn) ? Buffer.compare(trained.model, python.model) : 0).toBe(0);
  });

  it("answers what Python's whole model does up to its best round", () => {
    expect(predictor.outputs).toBe(python.outputs);
    expect(predictor.columns).toBe(asked.columns);
    expectSame(predictor.margins(asked), python.margins);
    expectSame(predictor.scores(asked), python.scores);
    expectSame(predictor.contributions(asked), python.contributions);
  });

  it('gives SHAP values that sum to each margin (Lundberg 2020, local accuracy)', () => {
    const width = asked.columns + 1;
    const contributions = predictor.contributions(asked);
    expect(contributions.length).toBe(asked.rows * python.outputs * width);
    for (const [index, margin] of predictor.margins(asked).entries()) {
      const sum = contributions.slice(index * width, (index + 1) * width).reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - margin)).toBeLessThanOrEqual(4e-5 * Math.max(1, Math.abs(margin)));
    }
  });
});

it('every objective is compared with Python', () => {
  const compared = new Set(pythonCases.map(({ request }) => request.parameters.objective));
  expect([...compared].sort()).toEqual(Object.keys(TRAINING_METRICS).sort());
});

function expectSame(got: Float32Array, expected: Float32Array): void {
  expect(got.length).toBe(expected.length);
  if (sameMachine(madeOn)) expect(bits(got)).toEqual(bits(expected));
  else for (const [index, value] of got.entries()) expect(value).toBeCloseTo(expected[index] as number, 3);
}
