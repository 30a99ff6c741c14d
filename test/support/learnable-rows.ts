import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { trainSync } from '#adapters/xgboost/train.ts';
import { linearPredictor, parseLinearModel } from '#core/linear/index.ts';
import { naivePredictor, parseNaiveModel } from '#core/naive/index.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { Signature, SignatureFeature } from '#core/serve/signature.ts';
import type { Task } from '#core/spec/task.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';
import type { TrainingEngines } from '#lib/pipelines/train-version.ts';
import { xgboost } from '#test/adapters/xgboost/library.ts';

const features: readonly SignatureFeature[] = [
  { name: 'x', kind: 'number', expression: 'x' },
  { name: 'y', kind: 'number', expression: 'y' },
  { name: 'kind', kind: 'categorical', expression: 'kind', levels: ['a', 'b', 'c'] },
  { name: 'noise', kind: 'number', expression: 'noise' },
];

/** Rows that a model of the task can learn from, the same for the same seed; every tenth x is missing. */
export function learnableRows(task: Task, { rows = 600, validation = 200, seed = 'rows' } = {}) {
  const random = seededRandom(`${seed} ${task}`);
  const values = new Float32Array(rows * features.length);
  const labels = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [x, y, kind] = [random.normal(), random.normal(), random.integer(0, 2)];
    values.set([row % 10 === 9 ? Number.NaN : x, y, kind, random.normal()], row * features.length);
    labels[row] = labelOf(task, x - 0.5 * y + (kind === 1 ? 1 : 0), random.normal());
  }
  const part = (from: number, to: number): EncodedRows => ({
    values: values.subarray(from * features.length, to * features.length),
    labels: labels.subarray(from, to),
    rows: to - from,
  });
  const split = rows - validation;
  return {
    signature: signatureFor(task),
    sets: { train: part(0, split), validation: part(split, rows), trainAndValidation: part(0, rows) },
  };
}

/** A binary label, one of three classes, or a number of 0 or more with a long tail. */
function labelOf(task: Task, signal: number, noise: number): number {
  if (task === 'binary') return signal + noise > 0.8 ? 1 : 0;
  if (task === 'multiclass') return signal + 0.5 * noise > 0.8 ? 2 : signal + 0.5 * noise < -0.4 ? 1 : 0;
  return Math.exp(0.5 * signal + 0.3 * noise);
}

function signatureFor(task: Task): Signature {
  return {
    format: 1,
    model: 'learnable',
    task,
    ...(task === 'multiclass' && { classes: ['high', 'low', 'middle'] }),
    inputs: [],
    carried: [],
    key: [],
    ignored: [],
    features,
    label: 'label',
  };
}

/** The engines themselves, in this thread. */
export const engines: TrainingEngines = {
  trainer: { train: async (request, onRound) => trainSync(xgboost, request, onRound) },
  open(engine, model) {
    if (engine === 'xgboost') return loadPredictor(xgboost, model);
    const json = JSON.parse(new TextDecoder().decode(model)) as unknown;
    return engine === 'linear'
      ? linearPredictor(parseLinearModel(json))
      : naivePredictor(parseNaiveModel(json), features.length);
  },
};

/** The engines, and how many models they have open. */
export function countedEngines(): TrainingEngines & { readonly openModels: () => number } {
  let opened = 0;
  return {
    trainer: engines.trainer,
    openModels: () => opened,
    open(engine, model) {
      const predictor = engines.open(engine, model);
      opened++;
      return new Proxy(predictor, {
        get(target, name) {
          if (name === 'close') opened--;
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    },
  };
}
