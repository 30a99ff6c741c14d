export { fitLinear, type LinearRequest } from './fit-linear.ts';
export { type LinearModel, parseLinearModel } from './linear-model.ts';
export { linearPredictor } from './linear-predictor.ts';
