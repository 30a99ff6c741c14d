import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { type EncodedRows, encodeSplits, type PreparedColumns } from '#core/training/training-sets.ts';
import type { TrainedModel, Trainer, TrainingParameters, TrainingSet } from '#ports/trainer.ts';

/** `training.json` of a model version. */
export interface TrainingRecord {
  readonly parameters: TrainingParameters;
  /** Rows learned from: train and validation. */
  readonly rows: number;
  /** Rounds of the model; found by early stopping on the validation rows. */
  readonly rounds: number;
  /** The search for the rounds, one entry a round. */
  readonly history: TrainedModel['history'];
  readonly library: { readonly name: 'xgboost'; readonly version: string };
}

/**
 * Trains a version: first on the train rows with early stopping on the validation rows, then, with as many rounds,
 * on both, since the newest rows tell most. The test rows stay unseen.
 */
export async function trainVersion(
  trainer: Trainer,
  signature: Signature,
  algorithm: ModelSpec['algorithm'],
  columns: PreparedColumns,
  threads: number,
): Promise<{ model: Uint8Array; record: TrainingRecord }> {
  const features = signature.features.map(({ name, levels }) => ({
    name,
    ...(levels && { levels: levels.length }),
  }));
  const { kind: _, rounds, earlyStop, ...rest } = algorithm;
  const parameters = { objective: 'binary:logistic', metric: 'logloss', ...rest, threads } as const;
  const search = await trainer.train({
    train: asSet(encodeSplits(signature, columns, ['train'])),
    validation: asSet(encodeSplits(signature, columns, ['validation'])),
    features,
    parameters: { ...parameters, rounds, earlyStop },
  });
  const seen = encodeSplits(signature, columns, ['train', 'validation']);
  const final: TrainingParameters = { ...parameters, rounds: search.bestRound + 1 };
  const trained = await trainer.train({ train: asSet(seen), features, parameters: final });
  return {
    model: trained.model,
    record: {
      parameters: final,
      rows: seen.rows,
      rounds: final.rounds,
      history: search.history,
      library: { name: 'xgboost', version: trained.libraryVersion },
    },
  };

  function asSet({ values, labels, rows }: EncodedRows): TrainingSet {
    return { features: { rows, columns: features.length, values }, labels };
  }
}
