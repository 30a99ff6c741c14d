import { InvalidInputError, showValue } from '#core/errors.ts';
import type { Predictor } from '#ports/predictor.ts';
import { type Matrix, TRAINING_METRICS } from '#ports/trainer.ts';
import { checkModelBytes } from './check-model.ts';
import { matrixProblems } from './check-values.ts';
import { XgboostError } from './error.ts';
import { arrayInterface, copyFloats, type Handle, output, withHandles, type Xgboost } from './library.ts';

// iteration_end 0 means all trees: a saved model holds the best ones only.
const options = (type: 'response' | 'margin' | 'contribution') =>
  JSON.stringify({
    type: { response: 0, margin: 1, contribution: 2 }[type],
    training: false,
    iteration_begin: 0,
    iteration_end: 0,
    strict_shape: false,
  }).replace('}', ',"missing":NaN}');
const response = options('response');
const margin = options('margin');
const contribution = options('contribution');

/**
 * Loads trees of the objectives that a trainer offers. Check the hash first: libxgboost trusts the bytes
 * it is given.
 * @param model UBJSON as XGBoost saves it
 * @param threads a call may use
 * @throws XgboostError when the bytes are no model, or one of another kind
 */
export function loadPredictor(xgboost: Xgboost, model: Uint8Array, threads = 1): Predictor {
  checkModelBytes(model);
  let booster: Handle | null = output<Handle>((out) => xgboost.call('XGBoosterCreate', [], 0, out));
  const close = () => {
    if (booster !== null) xgboost.call('XGBoosterFree', booster);
    booster = null;
  };
  let columns: number;
  let outputs: number;
  try {
    xgboost.call('XGBoosterLoadModelFromBuffer', booster, model, model.length);
    xgboost.call('XGBoosterSetParam', booster, 'nthread', String(threads));
    outputs = requireKnownModel(xgboost, booster);
    columns = Number(output((out) => xgboost.call('XGBoosterGetNumFeature', booster, out)));
  } catch (error) {
    close();
    throw error;
  }

  const predictInPlace = (features: Matrix, kind: string) => {
    requireMatrix(features, columns);
    const input = arrayInterface(features.values, [features.rows, columns]);
    return copyFloats(
      output((out) =>
        xgboost.call('XGBoosterPredictFromDense', booster, input, kind, null, [null], [0], out),
      ),
      features.rows * outputs,
    );
  };
  return {
    columns,
    outputs,
    margins: (features) => predictInPlace(features, margin),
    scores: (features) => predictInPlace(features, response),
    contributions: (features) => {
      requireMatrix(features, columns);
      const input = arrayInterface(features.values, [features.rows, columns]);
      return withHandles(xgboost, (keep) => {
        const config = `{"missing":NaN,"nthread":${threads}}`;
        const matrix = keep('XGDMatrixFree', (out) =>
          xgboost.call('XGDMatrixCreateFromDense', input, config, out),
        );
        return copyFloats(
          output((out) =>
            xgboost.call('XGBoosterPredictFromDMatrix', booster, matrix, contribution, [null], [0], out),
          ),
          features.rows * outputs * (columns + 1),
        );
      });
    },
    close,
  };
}

function requireMatrix(features: Matrix, columns: number): void {
  const problems = [...matrixProblems('features', features, columns)];
  if (problems.length > 0) throw new InvalidInputError(problems);
}

/**
 * Refuses what answers otherwise: dropout, linear models, other objectives, several targets, vector leaves.
 * @returns scores a row
 */
function requireKnownModel(xgboost: Xgboost, booster: Handle): number {
  const text = output<string>((out) => xgboost.call('XGBoosterSaveJsonConfig', booster, [0], out));
  const { learner } = JSON.parse(text);
  const require = (name: string, expected: string, got: unknown, holds: boolean) => {
    if (!holds) throw new XgboostError(`model: ${name} must be ${expected}, got ${showValue(got)}`);
  };
  const { gradient_booster, objective, learner_model_param } = learner;
  require('booster', '"gbtree"', gradient_booster.name, gradient_booster.name === 'gbtree');
  const objectives = Object.keys(TRAINING_METRICS);
  require('objective', objectives.join(', '), objective.name, objectives.includes(objective.name));
  const { num_target, num_class } = learner_model_param;
  require('num_target', '"1"', num_target, num_target === '1');
  const outputs = Math.max(1, Number(num_class));
  // The configuration does not say that a leaf holds a vector, but a round then has one tree for all outputs.
  const { num_trees, num_parallel_tree } = gradient_booster.gbtree_model_param;
  const rounds = output<number>((out) => xgboost.call('XGBoosterBoostedRounds', booster, out));
  const trees = String(rounds * outputs * Number(num_parallel_tree));
  const expected = `"${trees}", one for each round, output and parallel tree`;
  require('num_trees', expected, num_trees, num_trees === trees);
  return outputs;
}
