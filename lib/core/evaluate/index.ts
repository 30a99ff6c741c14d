export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export { type BinaryEvaluation, evaluateBinary } from './evaluate-binary.ts';
export { evaluateMulticlass } from './evaluate-multiclass.ts';
export { evaluateRegression } from './evaluate-regression.ts';
export { judgeGates } from './gates.ts';
export { type LossMetric, lossOf } from './losses.ts';
export { type NonInferiority, nonInferiority, superiority } from './non-inferiority.ts';
