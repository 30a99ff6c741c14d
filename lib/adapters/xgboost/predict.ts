import { InvalidInputError } from '#core/errors.ts';
import type { Predictor } from '#ports/predictor.ts';
import type { Matrix } from '#ports/trainer.ts';
import { checkModelBytes } from './check-model.ts';
import { matrixProblems } from './check-request.ts';
import { XgboostError } from './error.ts';
import { arrayInterface, copyFloats, type Handle, output, withHandles, type Xgboost } from './library.ts';

// iteration_end 0 means all trees: a saved model holds the best ones only.
const options = (type: 'probability' | 'margin' | 'contribution') =>
  JSON.stringify({
    type: { probability: 0, margin: 1, contribution: 2 }[type],
    training: false,
    iteration_begin: 0,
    iteration_end: 0,
    strict_shape: false,
  }).replace('}', ',"missing":NaN}');
const probability = options('probability');
const margin = options('margin');
const contribution = options('contribution');

/**
 * Loads a binary classifier. Check its hash first: libxgboost trusts the bytes it is given.
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
  try {
    xgboost.call('XGBoosterLoadModelFromBuffer', booster, model, model.length);
    xgboost.call('XGBoosterSetParam', booster, 'nthread', String(threads));
    refuseOtherModels(xgboost, booster);
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
      features.rows,
    );
  };
  return {
    columns,
    margins: (features) => predictInPlace(features, margin),
    probabilities: (features) => predictInPlace(features, probability),
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
          features.rows * (columns + 1),
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

/** One score a row, from trees: dropout, linear models, classes and several targets answer otherwise. */
function refuseOtherModels(xgboost: Xgboost, booster: Handle): void {
  const text = output<string>((out) => xgboost.call('XGBoosterSaveJsonConfig', booster, [0], out));
  const { learner } = JSON.parse(text);
  const facts = {
    booster: learner.gradient_booster.name,
    objective: learner.objective.name,
    num_target: learner.learner_model_param.num_target,
  };
  const expected = { booster: 'gbtree', objective: 'binary:logistic', num_target: '1' };
  if (JSON.stringify(facts) !== JSON.stringify(expected)) {
    throw new XgboostError(`model: expected ${JSON.stringify(expected)}, got ${JSON.stringify(facts)}`);
  }
}
