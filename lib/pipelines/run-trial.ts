import { pointMetric } from '#core/evaluate/point-metric.ts';
import {
  boostingPruning,
  type Direction,
  type LeaderboardEntry,
  pruneRule,
  type Trial,
  type TrialResult,
} from '#core/search/index.ts';
import type { Signature } from '#core/serve/signature.ts';
import { candidatesOf, type SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ComparedMetric } from '#core/spec/task.ts';
import { withSetting } from '#core/training/search-space.ts';
import type { PreparedSets } from '#ports/preparation.ts';
import type { PruningBar } from '#ports/trainer.ts';
import { fitModel } from './fit-model.ts';
import type { TrainingEngines } from './train-version.ts';

/** What one batch of trials is run by, and what the next is proposed from. Plain JSON. */
export interface TrialPlan {
  readonly metric: ComparedMetric;
  /** Trials of the whole search. */
  readonly total: number;
  /** Of the batches before. */
  readonly results: readonly TrialResult[];
  /** This batch. */
  readonly trials: readonly Trial[];
  /** Candidate -> the bars that its trials must clear to go on. */
  readonly bars: Readonly<Record<string, readonly PruningBar[]>>;
}

/** Which model a run trains: settled by the search, by the spec alone or by the version to reproduce. Plain JSON. */
export interface TrainingChoice {
  readonly algorithm: SingleAlgorithm;
  readonly metric: ComparedMetric;
  /** Every trial, best first; absent where nothing was searched. */
  readonly search?: { readonly trials: readonly LeaderboardEntry[] };
}

/** The median rule for boosted trees, from the finished batches; any other candidate has no rounds to be stopped at. */
export function pruningBars(
  { algorithm }: Pick<ModelSpec, 'algorithm'>,
  direction: Direction,
  results: readonly TrialResult[],
): TrialPlan['bars'] {
  return Object.fromEntries(
    candidatesOf(algorithm).flatMap((candidate) => {
      if (candidate.kind !== 'xgboost') return [];
      const options = { candidate: candidate.kind, direction, ...boostingPruning(candidate.rounds) };
      return [[candidate.kind, pruneRule(results, options)]];
    }),
  );
}

export interface TrialRequest {
  readonly model: Pick<ModelSpec, 'algorithm'>;
  readonly signature: Signature;
  readonly sets: Pick<PreparedSets, 'train' | 'validation'>;
  readonly plan: Pick<TrialPlan, 'metric' | 'bars'>;
  readonly trial: Trial;
  readonly threads: number;
}

/** Fits a setting on the train rows and judges it on the validation rows. Same request, same result. */
export async function runTrial(
  { trainer, open }: TrainingEngines,
  { model, signature, sets, plan, trial, threads }: TrialRequest,
): Promise<TrialResult> {
  const algorithm = withSetting(model, trial);
  const prune = plan.bars[trial.candidate];
  const fitted = await fitModel(trainer, {
    algorithm,
    signature,
    metric: plan.metric,
    train: sets.train,
    validation: sets.validation,
    threads,
    ...(prune?.length && { prune }),
  });
  const predictor = open(fitted.engine, fitted.model);
  try {
    const { values, labels, rows } = sets.validation;
    const scores = predictor.scores({ rows, columns: predictor.columns, values });
    const { quantile, tweediePower } = 'loss' in algorithm ? algorithm : {};
    const settings = { quantile, tweediePower, classes: signature.classes };
    return {
      ...trial,
      status: fitted.prunedAt === undefined ? 'completed' : 'pruned',
      value: pointMetric(plan.metric, signature.task, labels, scores, settings),
      curve: fitted.history.flatMap(({ round, validation }) =>
        validation === undefined ? [] : [[round, validation] as const],
      ),
      rounds: fitted.rounds,
    };
  } finally {
    predictor.close();
  }
}
