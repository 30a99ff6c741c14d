export { type BinaryEvaluation, evaluateBinary } from './evaluate-binary.ts';
export { judgeGates } from './gates.ts';
export { type NonInferiority, nonInferiority } from './non-inferiority.ts';
