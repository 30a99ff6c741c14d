import { describe, expect, it } from 'vitest';
import { defaultSpace } from '#core/search/index.ts';
import { forest, linear, naive, type SingleAlgorithm, xgboost } from '#core/spec/algorithm.ts';
import type { ModelInput } from '#core/spec/model.ts';
import { chosenBy, planSearch, type SearchPlan, withSetting } from '#core/training/search-space.ts';
import { problemsOf } from '#test/support/problems.ts';
import { tripsLate } from '#test/support/trips.ts';

const plan = (changes: Partial<ModelInput>, rows = 10_000) =>
  planSearch(tripsLate(changes), rows) as SearchPlan;
const kilometres = { task: 'regression', label: 'delay' } as const;

describe('planSearch', () => {
  it('has nothing to search where one algorithm has its own settings', () => {
    expect(planSearch(tripsLate({ algorithm: xgboost() }), 10_000)).toBeUndefined();
  });

  it('searches all candidates of auto in the default ranges, for 20 trials', () => {
    const { space, search, metric, direction } = plan({ algorithm: 'auto' });
    expect(space.candidates).toEqual({
      xgboost: defaultSpace('xgboost', { rows: 10_000 }),
      forest: defaultSpace('forest', { rows: 10_000 }),
      linear: defaultSpace('linear', { rows: 10_000 }),
    });
    expect([search.trials, metric, direction]).toEqual([20, 'logLoss', 'minimize']);
  });

  it('suits the ranges to the rows that there are', () => {
    const { space } = plan({ search: {} }, 1000);
    expect(space.candidates).toEqual({ xgboost: defaultSpace('xgboost', { rows: 1000 }) });
  });

  it("tries the spec's own settings first, of each candidate", () => {
    const { first } = plan({
      algorithm: { kind: 'auto', candidates: [linear({ l2: 7 }), xgboost({ maxDepth: 3, alpha: 0.5 })] },
    });
    expect(first).toEqual([
      { candidate: 'linear', parameters: { l2: 7 } },
      {
        candidate: 'xgboost',
        parameters: {
          maxDepth: 3,
          alpha: 0.5,
          gamma: 0,
          lambda: 1,
          learningRate: 0.1,
          minChildWeight: 1,
          subsample: 1,
          columnSample: 1,
        },
      },
    ]);
  });

  it('searches the ranges of the spec alone, whole numbers as such, each by the candidates that have it', () => {
    const { space, first } = plan({
      algorithm: { kind: 'auto', candidates: [xgboost({ rounds: 50 }), forest({ maxDepth: 4 }), linear()] },
      search: {
        space: {
          maxDepth: { low: 2, high: 5, integer: true },
          learningRate: { low: 0.01, high: 0.2, log: true },
        },
      },
    });
    const maxDepth = { kind: 'int', low: 2, high: 5, log: false };
    expect(space.candidates).toEqual({
      xgboost: { maxDepth, learningRate: { kind: 'float', low: 0.01, high: 0.2, log: true } },
      forest: { maxDepth },
      linear: defaultSpace('linear', { rows: 10_000 }),
    });
    expect(first.map(({ parameters }) => parameters)).toEqual([
      { maxDepth: 6, learningRate: 0.1 },
      { maxDepth: 4 },
      { l2: 1 },
    ]);
  });

  it('has nothing to choose for the naive candidate, and tries it', () => {
    const { space, first } = plan({ algorithm: { kind: 'auto', candidates: [naive(), linear()] } });
    expect(space.candidates.naive).toEqual({});
    expect(first[0]).toEqual({ candidate: 'naive', parameters: {} });
  });

  it.each<[changes: Partial<ModelInput>, metric: string, direction: string]>([
    [{ search: {} }, 'logLoss', 'minimize'],
    [{ search: { metric: 'auc' } }, 'auc', 'maximize'],
    [{ search: { metric: 'brier' } }, 'brier', 'minimize'],
    [{ ...kilometres, search: {} }, 'mse', 'minimize'],
    [{ ...kilometres, algorithm: xgboost({ loss: 'absolute' }), search: {} }, 'mae', 'minimize'],
    [{ ...kilometres, algorithm: forest({ loss: 'quantile' }), search: {} }, 'pinball', 'minimize'],
    [{ ...kilometres, algorithm: xgboost({ loss: 'poisson' }), search: {} }, 'poissonDeviance', 'minimize'],
    [{ ...kilometres, algorithm: xgboost({ loss: 'tweedie' }), search: {} }, 'tweedieDeviance', 'minimize'],
    [
      { ...kilometres, algorithm: xgboost({ loss: 'absolute' }), search: { metric: 'mse' } },
      'mse',
      'minimize',
    ],
  ])('of %j chooses by %s, to %s', (changes, metric, direction) => {
    expect(plan(changes)).toMatchObject({ metric, direction });
    expect(chosenBy(tripsLate(changes))).toBe(metric);
  });
});

describe('withSetting', () => {
  const model = tripsLate({ algorithm: { kind: 'auto', candidates: [xgboost({ rounds: 9 }), linear()] } });

  it("puts a trial's settings in place of the candidate's own and leaves the others", () => {
    const changed = withSetting(model, { candidate: 'xgboost', parameters: { maxDepth: 2 } });
    const own = (model.algorithm as { candidates: SingleAlgorithm[] }).candidates[0];
    expect(changed).toEqual({ ...own, maxDepth: 2 });
    expect(changed).toMatchObject({ rounds: 9 });
  });

  it("gives the spec's own algorithm for its own settings", () => {
    const { first } = planSearch(model, 1000) as SearchPlan;
    expect(first.map((setting) => withSetting(model, setting))).toEqual(
      (model.algorithm as { candidates: SingleAlgorithm[] }).candidates,
    );
  });

  it('refuses a candidate that the spec does not have', () => {
    const refused = () => withSetting(model, { candidate: 'forest', parameters: {} });
    expect(problemsOf('InvalidInputError', refused)).toEqual([
      { field: 'candidate', expected: 'a candidate of the spec', got: 'forest' },
    ]);
  });
});
