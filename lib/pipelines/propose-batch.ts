import { leaderboard, pickWinner, proposeTrials, type TrialResult } from '#core/search/index.ts';
import { candidatesOf, type SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { chosenBy, planSearch, withSetting } from '#core/training/search-space.ts';
import { pruningBars, type TrainingChoice, type TrialPlan } from './run-trial.ts';

/**
 * The next batch of a model's search; one without trials when it is over, or there is nothing to search.
 * Same spec, rows and results: same batch.
 * @param rows that a trial learns from
 * @param results of the batches before
 */
export function proposeBatch(
  model: ModelSpec,
  rows: number,
  results: readonly TrialResult[],
): { plan: TrialPlan; parallel: number } {
  const planned = planSearch(model, rows);
  if (!planned)
    return { plan: { metric: chosenBy(model), total: 0, results, trials: [], bars: {} }, parallel: 1 };
  const { search, metric, direction, space, first } = planned;
  const { sampler, seed, parallel, trials: total, prune } = search;
  const count = Math.max(0, Math.min(parallel, total - results.length));
  const trials = proposeTrials({ space, sampler, direction, seed, count, history: results, first });
  return {
    plan: { metric, total, results, trials, bars: prune ? pruningBars(model, direction, results) : {} },
    parallel,
  };
}

/** Which model the finished trials speak for, or the spec alone. @throws SearchFailedError when no trial was completed */
export function chooseModel(model: ModelSpec, rows: number, results: readonly TrialResult[]): TrainingChoice {
  const metric = chosenBy(model);
  const planned = planSearch(model, rows);
  if (!planned) return { algorithm: candidatesOf(model.algorithm)[0] as SingleAlgorithm, metric };
  return {
    algorithm: withSetting(model, pickWinner(results, planned.direction)),
    metric,
    search: { trials: leaderboard(results, planned.direction) },
  };
}
