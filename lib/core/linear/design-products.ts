import type { Design } from './design.ts';

/** X v of each output. @param vectors output-major, outputs x width @returns row-major, rows x outputs */
export function apply(design: Design, vectors: Float64Array): Float64Array {
  const { rows, width, dense, numbers, starts, active } = design;
  const outputs = vectors.length / width;
  const result = new Float64Array(rows * outputs);
  for (let row = 0, place = 0; row < rows; row++) {
    const at = row * dense;
    const start = starts[row] as number;
    const end = starts[row + 1] as number;
    for (let output = 0; output < outputs; output++, place++) {
      const from = output * width;
      let sum = 0;
      for (let j = 0; j < dense; j++) sum += (numbers[at + j] as number) * (vectors[from + j] as number);
      for (let s = start; s < end; s++) sum += vectors[from + (active[s] as number)] as number;
      result[place] = sum;
    }
  }
  return result;
}

/** X' r of each output. @param perRow row-major, rows x outputs @returns output-major, outputs x width */
export function applyTransposed(design: Design, perRow: Float64Array): Float64Array {
  const { rows, width, dense, numbers, starts, active } = design;
  const outputs = perRow.length / rows;
  const result = new Float64Array(outputs * width);
  for (let row = 0, place = 0; row < rows; row++) {
    const start = starts[row] as number;
    const end = starts[row + 1] as number;
    for (let output = 0; output < outputs; output++, place++) {
      const from = output * width;
      const value = perRow[place] as number;
      addScaled(result, from, value, numbers, row * dense, dense);
      for (let s = start; s < end; s++) {
        const position = from + (active[s] as number);
        result[position] = (result[position] as number) + value;
      }
    }
  }
  return result;
}

/** X' diag(r) X, its lower triangle; the work is the square of what a row stores, not of the width. */
export function gram(design: Design, perRow: Float64Array): Float64Array {
  const { rows, width, dense, numbers, starts, active } = design;
  const result = new Float64Array(width * width);
  for (let row = 0; row < rows; row++) {
    const weight = perRow[row] as number;
    const at = row * dense;
    for (let i = 0; i < dense; i++) {
      addScaled(result, i * width, weight * (numbers[at + i] as number), numbers, at, i + 1);
    }
    const start = starts[row] as number;
    const end = starts[row + 1] as number;
    for (let s = start; s < end; s++) {
      const target = (active[s] as number) * width;
      addScaled(result, target, weight, numbers, at, dense);
      for (let t = start; t <= s; t++) {
        const position = target + (active[t] as number);
        result[position] = (result[position] as number) + weight;
      }
    }
  }
  return result;
}

function addScaled(
  target: Float64Array,
  targetStart: number,
  factor: number,
  source: Float64Array,
  sourceStart: number,
  count: number,
): void {
  for (let j = 0; j < count; j++) {
    target[targetStart + j] =
      (target[targetStart + j] as number) + factor * (source[sourceStart + j] as number);
  }
}

/** Adds the penalty's curvature to every diagonal element but the intercept's. */
export function addRidge(matrix: Float64Array, width: number, l2: number): Float64Array {
  for (let j = 1; j < width; j++) matrix[j * width + j] = (matrix[j * width + j] as number) + l2;
  return matrix;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** target += factor * source */
export function add(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) {
    target[i] = (target[i] as number) + factor * (source[i] as number);
  }
}
