import type { Task } from '../spec/task.ts';
import { type BinaryEvaluation, type BinaryOptions, evaluateBinary } from './evaluate-binary.ts';
import {
  evaluateMulticlass,
  type MulticlassEvaluation,
  type MulticlassOptions,
} from './evaluate-multiclass.ts';
import {
  evaluateRegression,
  type RegressionEvaluation,
  type RegressionOptions,
} from './evaluate-regression.ts';
import type { LossSettings } from './losses.ts';

/** How good a model is on labelled rows, told apart by `task`. Plain JSON. */
export type Evaluation = BinaryEvaluation | RegressionEvaluation | MulticlassEvaluation;

/** What the task has no use for is not read; a multiclass model needs `classes`. */
export type EvaluateOptions = BinaryOptions &
  RegressionOptions &
  MulticlassOptions &
  Pick<LossSettings, 'classes'>;

/**
 * Evaluates a model of any task.
 * @param labels 0 or 1 (binary), index into `classes` (multiclass) or value (regression) a row
 * @param scores row-major, rows x outputs: P(1) (binary), a probability a class (multiclass) or the value (regression)
 * @throws InvalidInputError when there is no row, lengths differ, or a value or option is out of range
 */
export function evaluate(
  task: Task,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: EvaluateOptions = {},
): Evaluation {
  switch (task) {
    case 'binary':
      return evaluateBinary(labels, scores, options);
    case 'regression':
      return evaluateRegression(labels, scores, options);
    case 'multiclass':
      return evaluateMulticlass(labels, scores, options.classes ?? [], options);
  }
}
