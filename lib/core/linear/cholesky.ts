import { NotFeasibleError } from '../errors.ts';

/** Pivots below this share of their diagonal are rounding: the column repeats those before it. */
const LEAST_PIVOT = 1e-13;

/** Solves A x = b for many b. */
export type Solve = (right: Float64Array) => Float64Array;

/**
 * Cholesky factor of a symmetric positive definite matrix. Source: Golub and Van Loan, Matrix
 * Computations, 4th edition, 4.2.5.
 * @param matrix size x size, row-major, its lower triangle filled; becomes the factor
 * @throws NotFeasibleError when it is not positive definite beyond rounding
 */
export function cholesky(matrix: Float64Array, size: number): Solve {
  for (let i = 0; i < size; i++) {
    const row = i * size;
    const diagonal = matrix[row + i] as number;
    for (let j = 0; j <= i; j++) {
      const other = j * size;
      let value = matrix[row + j] as number;
      for (let k = 0; k < j; k++) value -= (matrix[row + k] as number) * (matrix[other + k] as number);
      if (j < i) matrix[row + j] = value / (matrix[other + j] as number);
      else if (value > LEAST_PIVOT * diagonal) matrix[row + i] = Math.sqrt(value);
      else {
        throw new NotFeasibleError(
          'features: some columns are sums of others (one-hot levels always are): give l2 a larger value above 0',
        );
      }
    }
  }
  return (right) => substitute(matrix, size, right);
}

/** L y = b downwards, then L' x = y upwards. */
function substitute(factor: Float64Array, size: number, right: Float64Array): Float64Array {
  const x = Float64Array.from(right);
  for (let i = 0; i < size; i++) {
    let value = x[i] as number;
    for (let k = 0; k < i; k++) value -= (factor[i * size + k] as number) * (x[k] as number);
    x[i] = value / (factor[i * size + i] as number);
  }
  for (let i = size - 1; i >= 0; i--) {
    const value = (x[i] as number) / (factor[i * size + i] as number);
    x[i] = value;
    for (let k = 0; k < i; k++) x[k] = (x[k] as number) - (factor[i * size + k] as number) * value;
  }
  return x;
}
