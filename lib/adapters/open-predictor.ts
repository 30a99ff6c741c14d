import { linearPredictor, parseLinearModel } from '#core/linear/index.ts';
import { naivePredictor, parseNaiveModel } from '#core/naive/index.ts';
import type { Engine } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Predictor } from '#ports/predictor.ts';
import { openXgboost, type Xgboost } from './xgboost/library.ts';
import { loadPredictor } from './xgboost/predict.ts';

/** Opens a model file, whose hash was checked. */
export type OpenPredictor = (engine: Engine, model: Uint8Array, signature: Signature) => Predictor;

/** @param libxgboost where the shared library is; asked for at the first model that needs it */
export function predictorOpener(libxgboost: () => string): OpenPredictor {
  let xgboost: Xgboost | undefined;
  return (engine, model, { features }) => {
    if (engine === 'xgboost') {
      xgboost ??= openXgboost(libxgboost());
      return loadPredictor(xgboost, model);
    }
    const json = JSON.parse(new TextDecoder().decode(model)) as unknown;
    return engine === 'linear'
      ? linearPredictor(parseLinearModel(json))
      : naivePredictor(parseNaiveModel(json), features.length);
  };
}
