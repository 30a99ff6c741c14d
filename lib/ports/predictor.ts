import type { Matrix } from './trainer.ts';

/** A loaded model. Features come in training order, rounded to float32, categories as level indices. */
export interface Predictor {
  /** Columns a matrix must have. */
  readonly columns: number;
  /** Scores a row: the number of classes of a multiclass model, else 1. */
  readonly outputs: number;
  /**
   * Raw scores before the link (log odds, log of a count, ...), rows x outputs, row-major.
   * @throws InvalidInputError when the matrix does not fit
   */
  margins(features: Matrix): Float32Array;
  /**
   * The probability of label 1, the probability of each class, or the predicted value on the label's own
   * scale; rows x outputs, row-major.
   * @throws InvalidInputError when the matrix does not fit
   */
  scores(features: Matrix): Float32Array;
  /**
   * SHAP values of the margins, rows x outputs x (columns + 1), row-major; the last of each is the bias,
   * and together they sum to their margin. Source: Lundberg et al., Nature Machine Intelligence 2, 2020
   * (TreeSHAP).
   * @throws InvalidInputError when the matrix does not fit
   */
  contributions(features: Matrix): Float32Array;
  /** Frees the model; using it afterwards is an error. */
  close(): void;
}
