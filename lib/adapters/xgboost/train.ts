import {
  isBetter,
  type TrainedModel,
  type TrainingMetric,
  type TrainingRequest,
  type TrainingRound,
} from '#ports/trainer.ts';
import { checkTrainingRequest } from './check-request.ts';
import { engineParameters, watchedMetric } from './engine-parameters.ts';
import { XgboostError } from './error.ts';
import { copyBytes, type Handle, output, withHandles, type Xgboost } from './library.ts';
import { describeFeatures, quantileMatrix } from './training-matrix.ts';

/**
 * Trains in this thread, which it holds until done: for a process that does nothing else.
 * Everything else is said at the port.
 * @throws XgboostError when libxgboost refuses, or the metric is no finite number
 */
export function trainSync(
  xgboost: Xgboost,
  request: TrainingRequest,
  onRound: (round: TrainingRound) => void = () => {},
): TrainedModel {
  checkTrainingRequest(request);
  const { train, validation, features, parameters } = request;
  return withHandles(xgboost, (keep) => {
    const trainMatrix = quantileMatrix(xgboost, keep, train, features, parameters, null);
    const validationMatrix =
      validation && quantileMatrix(xgboost, keep, validation, features, parameters, trainMatrix);
    const matrices = validationMatrix === undefined ? [trainMatrix] : [trainMatrix, validationMatrix];
    const booster = keep('XGBoosterFree', (out) =>
      xgboost.call('XGBoosterCreate', matrices, matrices.length, out),
    );
    describeFeatures(xgboost, 'XGBoosterSetStrFeatureInfo', booster, features);
    for (const [name, value] of engineParameters(parameters, features)) {
      xgboost.call('XGBoosterSetParam', booster, name, value);
    }
    const boost = (round: number): TrainingRound => {
      xgboost.call('XGBoosterUpdateOneIter', booster, round, trainMatrix);
      // The metric also tells whether sums overflowed, so at least the last round has one.
      const lastWithoutAny = !validation && round === parameters.rounds - 1;
      return evaluate(xgboost, booster, round, watchedMetric(parameters), {
        ...((request.evaluateTrain || lastWithoutAny) && { train: trainMatrix }),
        ...(validationMatrix !== undefined && { validation: validationMatrix }),
      });
    };
    const { bestRound, ...course } = boostUntilDone(request, boost, onRound);
    const best = keep('XGBoosterFree', (out) =>
      xgboost.call('XGBoosterSlice', booster, 0, bestRound + 1, 1, out),
    );
    return { model: saveModel(xgboost, best), bestRound, ...course, libraryVersion: xgboost.version };
  });
}

/** Rounds until the last, until patience ends, or until a bar is missed. */
function boostUntilDone(
  { parameters, validation, prune = [] }: TrainingRequest,
  boost: (round: number) => TrainingRound,
  onRound: (round: TrainingRound) => void,
): Pick<TrainedModel, 'bestRound' | 'history' | 'prunedAt'> {
  const metric = watchedMetric(parameters);
  const history: TrainingRound[] = [];
  let bestRound = 0;
  let best = Number.NaN;
  for (let round = 0; round < parameters.rounds; round++) {
    const result = boost(round);
    history.push(result);
    onRound(result);
    const value = result.validation ?? Number.NaN;
    if (validation === undefined || round === 0 || isBetter(metric, value, best)) {
      bestRound = round;
      best = value;
    }
    if (prune.some((bar) => bar.round === round && isBetter(metric, bar.value, best))) {
      return { bestRound, history, prunedAt: round };
    }
    if (parameters.earlyStop !== undefined && round - bestRound >= parameters.earlyStop) break;
  }
  return { bestRound, history };
}

function evaluate(
  xgboost: Xgboost,
  booster: Handle,
  round: number,
  metric: TrainingMetric,
  matrices: { readonly train?: Handle; readonly validation?: Handle },
): TrainingRound {
  const names = Object.keys(matrices);
  if (names.length === 0) return { round, metric };
  // Such as `[3]\ttrain-logloss:0.31\tvalidation-logloss:0.34`, in the matrices' order.
  const text = output<string>((out) =>
    xgboost.call('XGBoosterEvalOneIter', booster, round, Object.values(matrices), names, names.length, out),
  );
  const values = Array.from(text.matchAll(/:(\S+)/g), ([, value]) => Number(value));
  if (values.length !== names.length || !values.every(Number.isFinite)) {
    throw new XgboostError(`round ${round}: ${metric} must be a finite number, got ${text.trim()}`);
  }
  return { round, metric, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) };
}

function saveModel(xgboost: Xgboost, booster: Handle): Uint8Array {
  const length: number[] = [0];
  const address = output<bigint>((out) =>
    xgboost.call('XGBoosterSaveModelToBuffer', booster, '{"format":"ubj"}', length, out),
  );
  return copyBytes(address, Number(length[0]));
}
