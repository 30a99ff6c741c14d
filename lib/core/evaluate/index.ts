export { delongPaired, type PairedAuc } from './auc.ts';
export type { Calibration, CalibrationBin } from './calibration.ts';
export type { Confusion } from './confusion.ts';
export {
  type BinaryEvaluation,
  type BinaryMetric,
  type EvaluateOptions,
  evaluateBinary,
} from './evaluate-binary.ts';
export { type GateCheck, type GateEvidence, type GateVerdict, judgeGates } from './gates.ts';
export { type Estimate, wilson } from './interval.ts';
export {
  type ComparedMetric,
  type NonInferiority,
  type NonInferiorityInput,
  nonInferiority,
} from './non-inferiority.ts';
