import type {
  TrainedModel,
  TrainingMetric,
  TrainingParameters,
  TrainingRequest,
  TrainingRound,
} from '#ports/trainer.ts';
import { checkTrainingRequest } from './check-request.ts';
import { XgboostError } from './error.ts';
import { copyBytes, type Handle, output, withHandles, type Xgboost } from './library.ts';
import { describeFeatures, quantileMatrix } from './training-matrix.ts';

/**
 * Trains in this thread, which it holds until done: for a process that does nothing else.
 * Everything else is said at the port.
 * @throws XgboostError when libxgboost refuses, such as a parameter out of its range
 */
export function trainSync(
  xgboost: Xgboost,
  request: TrainingRequest,
  onRound: (round: TrainingRound) => void = () => {},
): TrainedModel {
  checkTrainingRequest(request);
  const { train, validation, features, parameters } = request;
  return withHandles(xgboost, (keep) => {
    const matrix = quantileMatrix(xgboost, keep, train, features, parameters, null);
    const matrices = [matrix];
    if (validation) matrices.push(quantileMatrix(xgboost, keep, validation, features, parameters, matrix));
    const booster = keep('XGBoosterFree', (out) =>
      xgboost.call('XGBoosterCreate', matrices, matrices.length, out),
    );
    describeFeatures(xgboost, 'XGBoosterSetStrFeatureInfo', booster, features);
    for (const [name, value] of engineParameters(parameters)) {
      xgboost.call('XGBoosterSetParam', booster, name, String(value));
    }
    const history: TrainingRound[] = [];
    let bestRound = 0;
    for (let round = 0; round < parameters.rounds; round++) {
      xgboost.call('XGBoosterUpdateOneIter', booster, round, matrix);
      const result = evaluate(xgboost, booster, round, matrices, parameters.metric ?? 'logloss');
      history.push(result);
      onRound(result);
      if (validation === undefined || isBetter(result, history[bestRound])) bestRound = round;
      if (parameters.earlyStop !== undefined && round - bestRound >= parameters.earlyStop) break;
    }
    const best = keep('XGBoosterFree', (out) =>
      xgboost.call('XGBoosterSlice', booster, 0, bestRound + 1, 1, out),
    );
    return { model: saveModel(xgboost, best), bestRound, history, libraryVersion: xgboost.version };
  });
}

function engineParameters(parameters: TrainingParameters): [name: string, value: string | number][] {
  const named: Record<string, string | number | undefined> = {
    objective: parameters.objective,
    eval_metric: parameters.metric ?? 'logloss',
    tree_method: 'hist',
    max_depth: parameters.maxDepth,
    eta: parameters.learningRate,
    min_child_weight: parameters.minChildWeight,
    subsample: parameters.subsample,
    colsample_bytree: parameters.columnSample,
    lambda: parameters.lambda,
    alpha: parameters.alpha,
    gamma: parameters.gamma,
    max_bin: parameters.maxBins,
    max_cat_to_onehot: parameters.maxCatToOnehot,
    max_cat_threshold: parameters.maxCatThreshold,
    seed: parameters.seed,
    nthread: parameters.threads,
    validate_parameters: 1,
  };
  return Object.entries(named).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
}

function evaluate(
  xgboost: Xgboost,
  booster: Handle,
  round: number,
  matrices: readonly Handle[],
  metric: TrainingMetric,
): TrainingRound {
  const names = ['train', 'validation'].slice(0, matrices.length);
  // Such as `[3]\ttrain-logloss:0.31\tvalidation-logloss:0.34`, in the matrices' order.
  const text = output<string>((out) =>
    xgboost.call('XGBoosterEvalOneIter', booster, round, matrices, names, matrices.length, out),
  );
  const values = Array.from(text.matchAll(/:(\S+)/g), ([, value]) => Number(value));
  const [train, validation] = values;
  if (train === undefined || !values.every(Number.isFinite)) {
    throw new XgboostError(`round ${round}: ${metric} must be a finite number, got ${text.trim()}`);
  }
  return { round, metric, train, ...(validation !== undefined && { validation }) };
}

function isBetter(result: TrainingRound, best: TrainingRound | undefined): boolean {
  const [value, bestValue] = [result.validation ?? Number.NaN, best?.validation ?? Number.NaN];
  return result.metric === 'auc' ? value > bestValue : value < bestValue;
}

function saveModel(xgboost: Xgboost, booster: Handle): Uint8Array {
  const length: number[] = [0];
  const address = output<bigint>((out) =>
    xgboost.call('XGBoosterSaveModelToBuffer', booster, '{"format":"ubj"}', length, out),
  );
  return copyBytes(address, Number(length[0]));
}
