import type { Matrix } from './trainer.ts';

/** A loaded model. Features come in training order, rounded to float32, categories as level indices. */
export interface Predictor {
  /** Columns a matrix must have. */
  readonly columns: number;
  /** Raw scores before the link (log odds), one a row. @throws InvalidInputError when the matrix does not fit */
  margins(features: Matrix): Float32Array;
  /** Probabilities of label 1, one a row. @throws InvalidInputError when the matrix does not fit */
  probabilities(features: Matrix): Float32Array;
  /**
   * SHAP values of the margins, rows x (columns + 1), row-major; the last of a row is the bias and a
   * row sums to its margin. Source: Lundberg et al., Nature Machine Intelligence 2, 2020 (TreeSHAP).
   * @throws InvalidInputError when the matrix does not fit
   */
  contributions(features: Matrix): Float32Array;
  /** Frees the model; using it afterwards is an error. */
  close(): void;
}
