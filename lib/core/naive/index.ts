export { fitNaive } from './fit-naive.ts';
export { type NaiveModel, parseNaiveModel } from './naive-model.ts';
export { naivePredictor } from './naive-predictor.ts';
