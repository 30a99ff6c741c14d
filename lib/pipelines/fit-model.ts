import { canonicalJson } from '#core/data/canonical-json.ts';
import { fitLinear } from '#core/linear/index.ts';
import { fitNaive } from '#core/naive/index.ts';
import type { Engine } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { SingleAlgorithm } from '#core/spec/algorithm.ts';
import type { ComparedMetric } from '#core/spec/task.ts';
import { rowWeights } from '#core/training/class-weights.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';
import type {
  PruningBar,
  Trainer,
  TrainingFeature,
  TrainingParameters,
  TrainingRound,
  TrainingSet,
} from '#ports/trainer.ts';
import { treeParameters } from './tree-parameters.ts';

export interface FitRequest {
  readonly algorithm: SingleAlgorithm;
  readonly signature: Signature;
  /** What the model is chosen by. */
  readonly metric: ComparedMetric;
  readonly train: EncodedRows;
  /** Judges when to stop; never learned from. */
  readonly validation?: EncodedRows;
  /** Boosting rounds that an earlier fit found, in place of stopping early. */
  readonly rounds?: number;
  readonly prune?: readonly PruningBar[];
  /** Whether the history tells the metric on the rows learned from, too. @default false */
  readonly evaluateTrain?: boolean;
  readonly threads: number;
}

export interface FittedModel {
  readonly engine: Engine;
  readonly model: Uint8Array;
  /** As the engine was asked; null where the algorithm's spec says it all. */
  readonly parameters: TrainingParameters | null;
  /** Rounds of boosting; 1 for what is not boosted. */
  readonly rounds: number;
  /** The watched metric, one entry a round. */
  readonly history: readonly TrainingRound[];
  /** Last round of a training that was not worth going on with. */
  readonly prunedAt?: number;
  readonly library: { readonly name: string; readonly version: string };
}

/** Fits one model. Same request, same bytes. Errors are those of the engines. */
export async function fitModel(
  trainer: Trainer,
  request: FitRequest,
  onRound?: (round: TrainingRound) => void,
): Promise<FittedModel> {
  const { algorithm, signature, train } = request;
  const { task, classes } = signature;
  if (algorithm.kind === 'xgboost' || algorithm.kind === 'forest')
    return fitTrees(trainer, algorithm, request, onRound);
  const own = {
    parameters: null,
    rounds: 1,
    history: [],
    library: { name: 'leeboard', version: '1' },
  } as const;
  if (algorithm.kind === 'naive') {
    const models = fitNaive({ task, labels: train.labels, ...(classes && { classes: classes.length }) });
    const rule = request.metric === 'mae' ? 'median' : 'mean';
    return {
      ...own,
      engine: 'naive',
      model: jsonBytes(models.find((model) => model.rule === rule) ?? models[0]),
    };
  }
  const { labels, weights } = weighted(request, train);
  const model = fitLinear({
    task,
    ...(classes && { classes: classes.length }),
    features: matrixOf(signature, train),
    names: signature.features.map(({ name }) => name),
    levels: signature.features.map(({ levels }) => levels?.length),
    labels,
    ...(weights && { weights }),
    l2: algorithm.l2,
  });
  return { ...own, engine: 'linear', model: jsonBytes(model) };
}

async function fitTrees(
  trainer: Trainer,
  algorithm: Extract<SingleAlgorithm, { kind: 'xgboost' | 'forest' }>,
  request: FitRequest,
  onRound?: (round: TrainingRound) => void,
): Promise<FittedModel> {
  const { signature, metric, train, validation, rounds, prune, threads } = request;
  const asked = treeParameters(algorithm, signature.task, signature.classes?.length, metric, threads, rounds);
  const { earlyStop, ...rest } = asked;
  const parameters = validation && earlyStop !== undefined ? asked : rest;
  const trained = await trainer.train(
    {
      train: weighted(request, train),
      ...(validation && { validation: asSet(signature, validation) }),
      features: trainingFeatures(signature),
      parameters,
      ...(validation && prune && { prune }),
      ...(request.evaluateTrain && { evaluateTrain: true }),
    },
    onRound,
  );
  return {
    engine: 'xgboost',
    model: trained.model,
    parameters,
    rounds: trained.bestRound + 1,
    history: trained.history,
    ...(trained.prunedAt !== undefined && { prunedAt: trained.prunedAt }),
    library: { name: 'xgboost', version: trained.libraryVersion },
  };
}

function trainingFeatures(signature: Signature): TrainingFeature[] {
  return signature.features.map(({ name, levels }) => ({ name, ...(levels && { levels: levels.length }) }));
}

const matrixOf = (signature: Signature, { rows, values }: EncodedRows) => ({
  rows,
  columns: signature.features.length,
  values,
});

const asSet = (signature: Signature, rows: EncodedRows): TrainingSet => ({
  features: matrixOf(signature, rows),
  labels: rows.labels,
});

/** Weights change what is learned, never how it is judged. */
function weighted({ algorithm, signature }: FitRequest, rows: EncodedRows): TrainingSet {
  const set = asSet(signature, rows);
  const chosen = 'classWeights' in algorithm ? algorithm.classWeights : undefined;
  if (chosen === undefined || signature.task === 'regression') return set;
  const classes = signature.task === 'binary' ? ['false', 'true'] : (signature.classes as readonly string[]);
  return { ...set, weights: rowWeights(chosen, rows.labels, classes) };
}

const jsonBytes = (value: unknown) => new TextEncoder().encode(canonicalJson(value));
