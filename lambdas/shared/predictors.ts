import { openXgboost } from '#adapters/xgboost/library.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { linearPredictor, parseLinearModel } from '#core/linear/index.ts';
import { naivePredictor, parseNaiveModel } from '#core/naive/index.ts';
import type { Engine } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { Predictor } from '#ports/predictor.ts';
import { libxgboost } from './libxgboost.ts';
import { once } from './resources.ts';

const xgboost = once(() => openXgboost(libxgboost()));

/** Opens a model file, whose hash was checked. */
export function openPredictor(engine: Engine, model: Uint8Array, { features }: Signature): Predictor {
  if (engine === 'xgboost') return loadPredictor(xgboost(), model);
  const json = JSON.parse(new TextDecoder().decode(model)) as unknown;
  return engine === 'linear'
    ? linearPredictor(parseLinearModel(json))
    : naivePredictor(parseNaiveModel(json), features.length);
}
