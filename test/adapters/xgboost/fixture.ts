import { readFileSync } from 'node:fs';
import type { Matrix, TrainingFeature, TrainingRequest, TrainingSet } from '#ports/trainer.ts';

/** A model and its answers, by XGBoost's own Python package; made by fixtures/make.py. */
export interface PythonModel {
  readonly model: Uint8Array;
  readonly madeOn: string;
  /** What Python trained `model` from. */
  readonly request: TrainingRequest;
  readonly bestRound: number;
  readonly trainLogloss: readonly number[];
  readonly validationLogloss: readonly number[];
  /** The matrix that the three answers below are for. */
  readonly asked: Matrix;
  readonly margins: Float32Array;
  readonly probabilities: Float32Array;
  readonly contributions: Float32Array;
}

export const pythonModels = ['numeric', 'categorical'] as const;

export function readPythonModel(name: (typeof pythonModels)[number]): PythonModel {
  const json = readJson(`${name}.json`);
  const features: TrainingFeature[] = json.features;
  const all: TrainingSet = {
    features: matrix(unpack(json.values), features.length),
    labels: unpack(json.labels),
    ...(json.weights && { weights: unpack(json.weights) }),
  };
  return {
    model: readFileSync(new URL(`fixtures/${name}.ubj`, import.meta.url)),
    madeOn: json.madeWith.platform,
    request: {
      train: rowsOf(all, 0, json.split),
      validation: rowsOf(all, json.split, all.features.rows),
      features,
      evaluateTrain: true,
      parameters: {
        objective: json.params.objective,
        metric: json.params.eval_metric,
        rounds: json.rounds,
        earlyStop: json.earlyStop,
        maxDepth: json.params.max_depth,
        learningRate: json.params.eta,
        minChildWeight: json.params.min_child_weight,
        subsample: json.params.subsample,
        columnSample: json.params.colsample_bytree,
        lambda: json.params.lambda,
        maxBins: json.params.max_bin,
        maxCatToOnehot: json.params.max_cat_to_onehot,
        seed: json.params.seed,
        threads: json.params.nthread,
      },
    },
    bestRound: json.bestRound,
    trainLogloss: json.trainLogloss,
    validationLogloss: json.validationLogloss,
    asked: matrix(unpack(json.asked), features.length),
    margins: unpack(json.margins),
    probabilities: unpack(json.probabilities),
    contributions: unpack(json.contributions),
  };
}

/** Models of kinds that the predictor does not answer for, by kind. */
export function readRefusedModels(): [kind: string, model: Uint8Array][] {
  const models: Record<string, string> = readJson('refused.json').models;
  return Object.entries(models).map(([kind, model]) => [kind, Buffer.from(model, 'base64')]);
}

export function rowsOf({ features, labels, weights }: TrainingSet, from: number, to: number): TrainingSet {
  const { columns, values } = features;
  return {
    features: matrix(values.subarray(from * columns, to * columns), columns),
    labels: labels.subarray(from, to),
    ...(weights && { weights: weights.subarray(from, to) }),
  };
}

export function matrix(values: Float32Array, columns: number): Matrix {
  return { rows: values.length / columns, columns, values };
}

/** Whether floats come out the same to the last bit as where a fixture was made. */
export function sameMachine(madeOn: string): boolean {
  return madeOn === `${process.platform}-${process.arch === 'x64' ? 'x86_64' : process.arch}`;
}

/** Bit patterns, so that -0 is not 0 and one NaN equals another. */
export function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

export function unpack(base64: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer);
}

// biome-ignore lint/suspicious/noExplicitAny: the fixtures' own JSON
export function readJson(file: string): any {
  return JSON.parse(readFileSync(new URL(`fixtures/${file}`, import.meta.url), 'utf8'));
}
