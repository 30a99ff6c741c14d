import { cholesky } from './cholesky.ts';
import type { Design } from './design.ts';
import { add, addRidge, apply, applyTransposed, dot, gram } from './design-products.ts';
import type { Loss } from './newton.ts';
import { softmax } from './predictor.ts';

/**
 * Negative log likelihood of class labels with the softmax of the margins as probabilities. Its Newton
 * step comes from conjugate gradients, so that the work grows with the classes and not with their square.
 * Sources: Nocedal and Wright, Numerical Optimization, 2nd edition, 7.1 (truncated Newton) and 5.1.
 * @param labels class index, one a row of the design
 * @param shares weighted share of each class, each in (0, 1)
 */
export function softmaxLoss(
  design: Design,
  labels: Float64Array,
  shares: readonly number[],
  l2: number,
): Loss {
  const { rows, width, weights, totalWeight } = design;
  const classes = shares.length;
  const precondition = classwiseSolve(design, shares, l2);
  return {
    value(margins) {
      let sum = 0;
      for (let row = 0; row < rows; row++) {
        let highest = -Infinity;
        for (let k = 0; k < classes; k++) highest = Math.max(highest, margins[k * rows + row] as number);
        let total = 0;
        for (let k = 0; k < classes; k++) total += Math.exp((margins[k * rows + row] as number) - highest);
        const own = margins[(labels[row] as number) * rows + row] as number;
        sum += (weights[row] as number) * (highest + Math.log(total) - own);
      }
      return sum;
    },
    slopes(margins) {
      const slopes = probabilities(margins, rows, classes);
      for (let row = 0; row < rows; row++) {
        slopes[(labels[row] as number) * rows + row] =
          (slopes[(labels[row] as number) * rows + row] as number) - 1;
      }
      return slopes.map((slope, at) => slope * (weights[at % rows] as number));
    },
    step(margins, gradient) {
      const chances = probabilities(margins, rows, classes);
      const curve = (direction: Float64Array) => {
        const perRow = apply(design, direction);
        for (let row = 0; row < rows; row++) {
          let mean = 0;
          for (let at = row; at < perRow.length; at += rows)
            mean += (chances[at] as number) * (perRow[at] as number);
          for (let at = row; at < perRow.length; at += rows) {
            perRow[at] = (weights[row] as number) * (chances[at] as number) * ((perRow[at] as number) - mean);
          }
        }
        const curved = applyTransposed(design, perRow);
        return curved.map((value, at) => value + (at % width === 0 ? 0 : l2 * (direction[at] as number)));
      };
      return conjugateGradients(curve, precondition, gradient, totalWeight);
    },
  };
}

/** Classes x rows. */
function probabilities(margins: Float64Array, rows: number, classes: number): Float64Array {
  const result = new Float64Array(margins.length);
  const chances = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < classes; k++) chances[k] = margins[k * rows + row] as number;
    softmax(chances);
    for (let k = 0; k < classes; k++) result[k * rows + row] = chances[k] as number;
  }
  return result;
}

/**
 * Solves with the curvature that each class alone would have at its share. The classes' sum is taken
 * off: adding the same to every class changes no probability, and without penalty has no curvature.
 */
function classwiseSolve(
  design: Design,
  shares: readonly number[],
  l2: number,
): (right: Float64Array) => Float64Array {
  const { width, weights } = design;
  const crossed = gram(design, weights);
  const solvers = shares.map((share) => {
    const scaled = crossed.map((value) => value * share * (1 - share));
    return cholesky(addRidge(scaled, width, l2), width);
  });
  return (right) => {
    const solved = new Float64Array(right.length);
    for (const [k, solve] of solvers.entries())
      solved.set(solve(right.subarray(k * width, (k + 1) * width)), k * width);
    return centred(solved, width);
  };
}

function centred(vectors: Float64Array, width: number): Float64Array {
  const classes = vectors.length / width;
  for (let j = 0; j < width; j++) {
    let mean = 0;
    for (let at = j; at < vectors.length; at += width) mean += (vectors[at] as number) / classes;
    for (let at = j; at < vectors.length; at += width) vectors[at] = (vectors[at] as number) - mean;
  }
  return vectors;
}

/** Solved more closely the nearer the optimum is, so that the outer steps converge faster than linearly. */
function conjugateGradients(
  curve: (direction: Float64Array) => Float64Array,
  precondition: (right: Float64Array) => Float64Array,
  gradient: Float64Array,
  totalWeight: number,
): Float64Array {
  const step = new Float64Array(gradient.length);
  const residual = Float64Array.from(gradient);
  let direction = precondition(residual);
  let size = dot(residual, direction);
  const enough = size * Math.min(0.01, size / totalWeight);
  for (let round = 0; round < gradient.length && size > enough; round++) {
    const curved = curve(direction);
    const length = size / dot(direction, curved);
    add(step, length, direction);
    add(residual, -length, curved);
    const next = precondition(residual);
    const nextSize = dot(residual, next);
    add(next, nextSize / size, direction);
    direction = next;
    size = nextSize;
  }
  return step;
}
