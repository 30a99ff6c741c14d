import { describe, expect, it } from 'vitest';
import { candidatesOf, forest, linear, naive, xgboost } from '#core/spec/algorithm.ts';
import { defineModel } from '#core/spec/model.ts';
import { tripsLate } from '#test/support/trips.ts';

const trees = {
  loss: 'squared',
  quantile: 0.5,
  tweediePower: 1.5,
  lambda: 1,
  alpha: 0,
  gamma: 0,
  monotone: {},
  interactions: [],
  seed: 1,
};
const defaults = {
  xgboost: {
    kind: 'xgboost',
    rounds: 300,
    earlyStop: 20,
    maxDepth: 6,
    learningRate: 0.1,
    minChildWeight: 1,
    subsample: 1,
    columnSample: 1,
    ...trees,
  },
  forest: {
    kind: 'forest',
    trees: 200,
    maxDepth: 10,
    minChildWeight: 5,
    subsample: 0.8,
    columnSampleByNode: 0.6,
    ...trees,
  },
  linear: { kind: 'linear', l2: 1, seed: 1 },
  naive: { kind: 'naive', seed: 1 },
};

describe('a model shows', () => {
  it.each([xgboost(), forest(), linear(), naive()])('every default of $kind', (algorithm) => {
    expect(tripsLate({ algorithm }).algorithm).toEqual(defaults[algorithm.kind]);
  });

  it("the three candidates and the search of 20 trials that 'auto' stands for", () => {
    const model = tripsLate({ algorithm: 'auto' });
    const { kind, candidates, seed } = model.algorithm as Extract<typeof model.algorithm, { kind: 'auto' }>;
    expect([kind, seed]).toEqual(['auto', 1]);
    expect(candidates).toEqual([defaults.xgboost, defaults.forest, defaults.linear]);
    expect(model.search).toEqual({ trials: 20, sampler: 'tpe', parallel: 4, prune: true, seed: 1 });
    expect(defineModel(JSON.parse(JSON.stringify(model)))).toEqual(model);
  });

  it("the search that was asked for in place of the one of 'auto'", () => {
    expect(tripsLate({ algorithm: 'auto', search: { trials: 3 } }).search).toMatchObject({ trials: 3 });
  });

  it('no search where one algorithm has its own settings', () => {
    expect(tripsLate({ algorithm: xgboost() })).not.toHaveProperty('search');
  });

  it('every default of its search, its calibration, its threshold and its gates', () => {
    const { search, calibration, threshold, gates } = tripsLate({
      search: { space: { lambda: { low: 1, high: 9 } } },
    });
    expect(search).toEqual({
      trials: 20,
      sampler: 'tpe',
      parallel: 4,
      prune: true,
      seed: 1,
      space: { lambda: { low: 1, high: 9, log: false, integer: false } },
    });
    expect([calibration, threshold]).toEqual(['none', 0.5]);
    expect(gates).toMatchObject({ metrics: {}, baseline: { confidence: 0.95 }, slices: [], fairness: [] });
  });
});

it('a model ends up as its one algorithm, or as one of the candidates', () => {
  const kinds = (algorithm: Parameters<typeof tripsLate>[0]) =>
    candidatesOf(tripsLate(algorithm).algorithm).map(({ kind }) => kind);
  expect(kinds({ algorithm: linear() })).toEqual(['linear']);
  expect(kinds({ algorithm: { kind: 'auto', candidates: [naive(), forest()] } })).toEqual([
    'naive',
    'forest',
  ]);
});
