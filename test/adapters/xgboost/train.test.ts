import { describe, expect, it } from 'vitest';
import { XgboostError } from '#adapters/xgboost/error.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import type { Matrix, TrainingRequest, TrainingRound } from '#ports/trainer.ts';
import { bits, pythonModels, readPythonModel, sameMachine } from './fixture.ts';
import { xgboost } from './library.ts';

describe.each(pythonModels)('a %s model trained with what Python was given', (name) => {
  const python = readPythonModel(name);
  const trained = trainSync(xgboost, python.request);

  it("stops at Python's best round", () => {
    expect(trained.bestRound).toBe(python.bestRound);
    expect(trained.history.length).toBe(python.trainLogloss.length);
  });

  it("sees Python's log loss in every round", () => {
    for (const [round, seen] of trained.history.entries()) {
      expect(seen).toMatchObject({ round, metric: 'logloss' });
      expect(seen.train).toBeCloseTo(python.trainLogloss[round] as number, 6);
      expect(seen.validation).toBeCloseTo(python.validationLogloss[round] as number, 6);
    }
  });

  it("answers as Python's model does", () => {
    const margins = marginsOf(trained.model, python.asked);
    if (sameMachine(python.madeOn)) expect(bits(margins)).toEqual(bits(python.margins));
    else
      for (const [row, margin] of margins.entries())
        expect(margin).toBeCloseTo(python.margins[row] as number, 3);
  });

  it("is Python's file to the byte", () => {
    expect(sameMachine(python.madeOn) ? Buffer.compare(trained.model, python.model) : 0).toBe(0);
  });
});

describe('training', () => {
  const python = readPythonModel('categorical');
  const request = { ...python.request, parameters: { ...python.request.parameters, threads: 1 } };
  const sampled: TrainingRequest = {
    ...request,
    parameters: { ...request.parameters, threads: 2, subsample: 0.7, columnSample: 0.5 },
  };

  it('twice with one seed and thread count gives the same bytes', () => {
    const first = trainSync(xgboost, sampled);
    trainSync(xgboost, readPythonModel('numeric').request);
    expect(Buffer.compare(trainSync(xgboost, sampled).model, first.model)).toBe(0);
  });

  it('with another seed samples other rows', () => {
    const other = { ...sampled, parameters: { ...sampled.parameters, seed: 8 } };
    expect(Buffer.compare(trainSync(xgboost, other).model, trainSync(xgboost, sampled).model)).not.toBe(0);
  });

  it('keeps the first of the best validation rounds and nothing after it', () => {
    const { bestRound, history, model } = trainSync(xgboost, request);
    const losses = history.map(({ validation }) => validation as number);
    expect(bestRound).toBe(losses.indexOf(Math.min(...losses)));
    expect(history.length).toBe(bestRound + 1 + (request.parameters.earlyStop as number));
    const { earlyStop: _, ...untilBest } = { ...request.parameters, rounds: bestRound + 1 };
    expect(Buffer.compare(trainSync(xgboost, { ...request, parameters: untilBest }).model, model)).toBe(0);
  });

  it('keeps the round with the highest AUC when that is the metric', () => {
    const parameters = { ...request.parameters, metric: 'auc' as const };
    const { bestRound, history } = trainSync(xgboost, { ...request, parameters });
    const areas = history.map(({ validation }) => validation as number);
    expect(bestRound).toBe(areas.indexOf(Math.max(...areas)));
    expect(bestRound).toBeGreaterThan(0);
    expect(history[0]?.metric).toBe('auc');
  });

  it('without validation keeps every round', () => {
    const { validation: _, ...alone } = request;
    const { earlyStop: __, ...parameters } = { ...request.parameters, rounds: 12 };
    const { bestRound, history } = trainSync(xgboost, { ...alone, parameters });
    expect(bestRound).toBe(11);
    expect(history.length).toBe(12);
    expect(history.every((round) => !('validation' in round))).toBe(true);
  });

  it('judges the rows trained on when asked, else only where nothing else would tell that it went well', () => {
    const keys = (change: Partial<TrainingRequest>) => {
      const { history } = trainSync(xgboost, { ...request, ...change });
      return new Set(history.map((round) => Object.keys(round).slice(2).join()));
    };
    expect(keys({ evaluateTrain: true })).toEqual(new Set(['train,validation']));
    expect(keys({ evaluateTrain: false })).toEqual(new Set(['validation']));
    const { earlyStop: _, ...parameters } = { ...request.parameters, rounds: 3 };
    const { validation: __, evaluateTrain: ___, ...alone } = { ...request, parameters };
    expect(trainSync(xgboost, alone).history).toEqual([
      { round: 0, metric: 'logloss' },
      { round: 1, metric: 'logloss' },
      { round: 2, metric: 'logloss', train: expect.closeTo(python.trainLogloss[2] as number, 6) },
    ]);
    expect(trainSync(xgboost, { ...alone, evaluateTrain: true }).history.every(({ train }) => train)).toBe(
      true,
    );
  });

  it('tells each round as it ends, and what the listener throws ends it', () => {
    const told: TrainingRound[] = [];
    const { history } = trainSync(xgboost, request, (round) => told.push(round));
    expect(told).toEqual(history);
    const enough = new Error('enough');
    const listener = ({ round }: TrainingRound) => {
      if (round === 2) throw enough;
    };
    expect(() => trainSync(xgboost, request, listener)).toThrow(enough);
  });

  it('counts a row of weight 2 as two rows', () => {
    const { train, validation: _, ...rest } = request;
    const { earlyStop: __, ...parameters } = { ...request.parameters, rounds: 3, minChildWeight: 0 };
    const weighted = { ...train, weights: new Float32Array(train.features.rows).fill(2) };
    const doubled = {
      features: {
        ...train.features,
        rows: train.features.rows * 2,
        values: Float32Array.of(...train.features.values, ...train.features.values),
      },
      labels: Float32Array.of(...train.labels, ...train.labels),
    };
    const byWeight = trainSync(xgboost, { ...rest, parameters, train: weighted });
    const byRows = trainSync(xgboost, { ...rest, parameters, train: doubled });
    const [got, expected] = [marginsOf(byWeight.model, python.asked), marginsOf(byRows.model, python.asked)];
    for (const [row, margin] of got.entries()) expect(margin).toBeCloseTo(expected[row] as number, 4);
  });

  it('learns a rule that numbers, levels and missing values decide together', () => {
    const train = ruled(4000, 1);
    const { model } = trainSync(xgboost, {
      train,
      features: [{ name: 'number' }, { name: 'level', levels: 12 }],
      parameters: { objective: 'binary:logistic', rounds: 30, maxDepth: 4, seed: 1, threads: 1 },
    });
    const unseen = ruled(2000, 2);
    expect(areaUnderCurve(marginsOf(model, unseen.features), unseen.labels)).toBeGreaterThan(0.99);
  });

  it('says which version of XGBoost trained', () => {
    expect(trainSync(xgboost, request).libraryVersion).toBe('3.2.0');
  });

  it('ends when the metric is no number any more', () => {
    const { request: numeric } = readPythonModel('numeric');
    const weights = new Float32Array(numeric.train.features.rows).fill(3e38);
    const overflowing = { ...numeric, train: { ...numeric.train, weights } };
    expect(() => trainSync(xgboost, overflowing)).toThrow(XgboostError);
    expect(() => trainSync(xgboost, overflowing)).toThrow(
      /round 0: logloss must be a finite number, got .*inf/,
    );
  });
});

function marginsOf(model: Uint8Array, features: Matrix): Float32Array {
  const predictor = loadPredictor(xgboost, model);
  const margins = predictor.margins(features);
  predictor.close();
  return margins;
}

/** Label 1 when the number is above 0 on even levels and below 0 on odd ones; a missing number is 1 on even levels. */
function ruled(rows: number, seed: number) {
  let state = seed;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // Numerical Recipes' generator
    return state / 2 ** 32;
  };
  const values = new Float32Array(rows * 2);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const number = random() < 0.1 ? Number.NaN : random() - 0.5;
    const level = Math.floor(random() * 12);
    values.set([number, level], row * 2);
    const isEven = level % 2 === 0;
    labels[row] = Number(Number.isNaN(number) ? isEven : number > 0 === isEven);
  }
  return { features: { rows, columns: 2, values }, labels };
}

/** The share of pairs of a 1 and a 0 that are ordered rightly, ties a half (Mann-Whitney U). */
function areaUnderCurve(scores: Float32Array, labels: Float32Array): number {
  let ordered = 0;
  let pairs = 0;
  for (const [one, label] of labels.entries()) {
    for (const [zero, other] of labels.entries()) {
      if (label !== 1 || other !== 0) continue;
      const difference = (scores[one] as number) - (scores[zero] as number);
      ordered += difference > 0 ? 1 : difference === 0 ? 0.5 : 0;
      pairs++;
    }
  }
  return ordered / pairs;
}
