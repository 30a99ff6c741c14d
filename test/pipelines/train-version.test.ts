import { describe, expect, it } from 'vitest';
import type { GatesSpec } from '#core/spec/gates.ts';
import { ParityError } from '#core/training/evaluation.ts';
import { LABEL_COLUMN, SPLIT_COLUMN } from '#core/training/training-query.ts';
import { evaluateVersion } from '#lib/pipelines/evaluate-version.ts';
import { trainVersion } from '#lib/pipelines/train-version.ts';
import type { Trainer, TrainingRequest } from '#ports/trainer.ts';
import { SumPredictor, signature } from '#test/support/bundle.ts';
import { tripsLate } from '#test/support/trips.ts';

const count = 60;
const index = Array.from({ length: count }, (_, row) => row);
const features = {
  [SPLIT_COLUMN]: index.map((row) => (row < 20 ? 'train' : row < 30 ? 'validation' : 'test')),
  [LABEL_COLUMN]: index.map((row) => (row % 3 === 0 ? 1 : 0)),
  city: index.map((row) => (row % 2 ? 'north' : 'south')),
  kind: index.map(() => 'day'),
  km: index.map((row) => (row % 3 === 0 ? 3 : row % 7) - 3),
  express: index.map((row) => row % 2),
  mm: index.map((row) => (row % 5 ? 0.5 : null)),
};
const test = index.filter((row) => row >= 30);
const testRows = {
  [LABEL_COLUMN]: test.map((row) => features[LABEL_COLUMN][row] as number),
  city: test.map((row) => features.city[row] as string),
  kind: test.map(() => 'day'),
  km: test.map((row) => features.km[row] as number),
  express: test.map((row) => row % 2 === 1),
  mm: test.map((row) => features.mm[row] ?? null),
};

describe('trainVersion', () => {
  /** Answers as an engine would whose third round was the best, and keeps what it was asked. */
  class RecordingTrainer implements Trainer {
    readonly requests: TrainingRequest[] = [];
    async train(request: TrainingRequest) {
      this.requests.push(request);
      const bestRound = request.validation ? 2 : request.parameters.rounds - 1;
      const history = [{ round: 0, metric: 'logloss' as const, train: 0.6, validation: 0.7 }];
      return { model: Uint8Array.of(this.requests.length), bestRound, history, libraryVersion: '3.2.0' };
    }
  }

  it('finds the rounds on the validation rows, then learns with as many from both; never from the test rows', async () => {
    const trainer = new RecordingTrainer();
    const { algorithm } = tripsLate();
    const { model, record } = await trainVersion(trainer, signature, algorithm, features, 2);
    const [search, final] = trainer.requests;
    expect([search?.train.features.rows, search?.validation?.features.rows]).toEqual([20, 10]);
    expect(search?.parameters).toMatchObject({
      rounds: 5,
      earlyStop: 20,
      metric: 'logloss',
      seed: 1,
      threads: 2,
    });
    expect([final?.train.features.rows, final?.validation]).toEqual([30, undefined]);
    expect(final?.parameters).toMatchObject({ rounds: 3, seed: 1, threads: 2 });
    expect(final?.parameters.earlyStop).toBeUndefined();
    expect([...(final?.train.labels ?? [])]).toEqual(features[LABEL_COLUMN].slice(0, 30));
    expect(final?.features).toEqual([
      { name: 'city', levels: 2 },
      { name: 'kind', levels: 1 },
      { name: 'km' },
      { name: 'express' },
      { name: 'mm' },
    ]);
    expect(model).toEqual(Uint8Array.of(2));
    expect(record).toMatchObject({ rows: 30, rounds: 3, library: { name: 'xgboost', version: '3.2.0' } });
    expect(record.history).toHaveLength(1);
    expect(record.parameters).toEqual(final?.parameters);
  });
});

describe('evaluateVersion', () => {
  const gates: GatesSpec = { metrics: {}, champion: { metric: 'logLoss', margin: 0.01, confidence: 0.95 } };
  const challenger = { signature, predictor: new SumPredictor(5) };
  const evaluate = (changes: object = {}) =>
    evaluateVersion({ challenger, champion: null, gates, features, testRows, ...changes });

  it('judges the probabilities of the test rows, which alone it scores', () => {
    const { test, champion } = evaluate();
    expect(test).toMatchObject({ rows: 30 });
    expect(champion).toBeNull();
    // Log loss by its definition, over the sums that the predictor gives.
    const losses = index.slice(30).map((row) => {
      const sum = (row % 2 ? 0 : 1) + (features.km[row] as number) + (row % 2) + (features.mm[row] ?? 0);
      const probability = 1 / (1 + Math.exp(-sum));
      return -Math.log(features[LABEL_COLUMN][row] ? probability : 1 - probability);
    });
    expect(test.metrics.logLoss.value).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 5);
  });

  it('compares with the champion on the same rows: an equal one differs by 0', () => {
    const { champion } = evaluate({ champion: { ...challenger, version: 3 } });
    expect(champion).toMatchObject({ version: 3, missing: [] });
    expect(champion?.nonInferiority).toMatchObject({ rows: 30, difference: 0, holds: true });
  });

  it('names the columns that a champion of an older spec lacks, and compares nothing', () => {
    const older = {
      ...signature,
      inputs: [
        ...signature.inputs,
        { ...(signature.inputs[0] as (typeof signature.inputs)[0]), name: 'gone' },
      ],
    };
    const { champion } = evaluate({
      champion: { signature: older, predictor: challenger.predictor, version: 3 },
    });
    expect(champion).toEqual({ version: 3, nonInferiority: null, missing: ['gone'] });
  });

  it('compares nothing when the spec does not ask for it', () => {
    const { champion } = evaluate({ champion: { ...challenger, version: 3 }, gates: { metrics: {} } });
    expect(champion).toEqual({ version: 3, nonInferiority: null, missing: [] });
  });

  it('refuses features that serving would see otherwise than training did', () => {
    const km = [...features.km];
    km[31] = 99;
    expect(() => evaluate({ features: { ...features, km } })).toThrow(ParityError);
    expect(() => evaluate({ features: { ...features, km } })).toThrow(/^feature km, test row 1:/);
  });
});
