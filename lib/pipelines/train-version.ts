import type { Engine } from '#core/registry/bundle.ts';
import type { LeaderboardEntry } from '#core/search/index.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ComparedMetric } from '#core/spec/task.ts';
import { learnDecision } from '#core/training/learn-decision.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { PreparedSets } from '#ports/preparation.ts';
import type { Trainer, TrainingParameters, TrainingRound } from '#ports/trainer.ts';
import { fitModel } from './fit-model.ts';

/** `training.json` of a model version: with it and the dataset versions, the model can be made again. */
export interface TrainingRecord {
  readonly format: 2;
  readonly algorithm: SingleAlgorithm;
  readonly engine: Engine;
  /** What the engine was asked; null where the algorithm says it all. */
  readonly parameters: TrainingParameters | null;
  /** What the version was chosen by. */
  readonly metric: ComparedMetric;
  /** Part of the model's identity. */
  readonly threads: number;
  /** Rows learned from: train and validation. */
  readonly rows: number;
  /** Rounds of the model; found by early stopping on the validation rows. */
  readonly rounds: number;
  /** The search for the rounds, one entry a round. */
  readonly history: readonly TrainingRound[];
  readonly library: { readonly name: string; readonly version: string };
  /** Every trial, best first; absent where nothing was searched. */
  readonly search?: { readonly trials: readonly LeaderboardEntry[] };
}

export interface VersionRequest {
  readonly model: Pick<ModelSpec, 'calibration' | 'threshold'>;
  readonly algorithm: SingleAlgorithm;
  readonly metric: ComparedMetric;
  readonly signature: Signature;
  readonly sets: Omit<PreparedSets, 'test'>;
  readonly threads: number;
  /** Boosting rounds that an earlier training found. @default as many as early stopping finds */
  readonly rounds?: number;
}

export interface TrainingEngines {
  readonly trainer: Trainer;
  readonly open: (engine: Engine, model: Uint8Array) => Predictor;
}

export interface TrainedVersion {
  readonly model: Uint8Array;
  readonly record: TrainingRecord;
  readonly decision: Decision;
}

/**
 * Trains a version: first on the train rows, judged by the validation rows, which give the rounds, the
 * calibration and the threshold; then, with as many rounds, on both, since the newest rows tell most. The
 * calibration is of the first fit's predictions on rows it never saw, as in scikit-learn's
 * CalibratedClassifierCV with `ensemble=False`. The test rows stay unseen.
 */
export async function trainVersion(
  { trainer, open }: TrainingEngines,
  request: VersionRequest,
  onRound?: (round: TrainingRound) => void,
): Promise<TrainedVersion> {
  const { model, algorithm, metric, signature, sets, threads, rounds } = request;
  const shared = { algorithm, metric, signature, threads, ...(rounds !== undefined && { rounds }) };
  const first =
    (algorithm.kind === 'xgboost' && rounds === undefined) || needsScores(model)
      ? await fitModel(
          trainer,
          { ...shared, train: sets.train, validation: sets.validation, evaluateTrain: true },
          onRound,
        )
      : undefined;
  const last = await fitModel(trainer, {
    ...shared,
    train: sets.trainAndValidation,
    ...(algorithm.kind === 'xgboost' && first && { rounds: first.rounds }),
  });
  return {
    model: last.model,
    decision: decide(),
    record: {
      format: 2,
      algorithm,
      engine: last.engine,
      parameters: last.parameters,
      metric,
      threads,
      rows: sets.trainAndValidation.rows,
      rounds: last.rounds,
      history: first?.history ?? [],
      library: last.library,
    },
  };

  function decide(): Decision {
    const { task } = signature;
    if (task !== 'binary') return { format: 1, calibration: null, threshold: null };
    if (!first || !needsScores(model))
      return { format: 1, calibration: null, threshold: model.threshold as number };
    const predictor = open(first.engine, first.model);
    try {
      const { values, labels, rows } = sets.validation;
      return learnDecision(model, labels, predictor.scores({ rows, columns: predictor.columns, values }));
    } finally {
      predictor.close();
    }
  }
}

/** Whether the step after the model is learned from how it scores rows. */
function needsScores({ calibration, threshold }: VersionRequest['model']): boolean {
  return calibration !== 'none' || typeof threshold !== 'number';
}
