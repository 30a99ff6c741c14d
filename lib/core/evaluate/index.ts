export { type EvaluateOptions, type Evaluation, evaluate } from './evaluate.ts';
export { type BinaryEvaluation, evaluateBinary } from './evaluate-binary.ts';
export { evaluateMulticlass, type MulticlassEvaluation } from './evaluate-multiclass.ts';
export { evaluateRegression, type RegressionEvaluation } from './evaluate-regression.ts';
export { judgeGates } from './gates.ts';
export type { Estimate } from './interval.ts';
export { type LossMetric, type LossSettings, lossOf, type RowLosses } from './losses.ts';
export { type NonInferiority, nonInferiority } from './non-inferiority.ts';
