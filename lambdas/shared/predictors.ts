import { type OpenPredictor, predictorOpener } from '#adapters/open-predictor.ts';
import { libxgboost } from './libxgboost.ts';

/** Opens a model file, whose hash was checked. */
export const openPredictor: OpenPredictor = predictorOpener(libxgboost);
