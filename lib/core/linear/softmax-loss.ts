import { cholesky, type Solve } from './cholesky.ts';
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
  const { width, weights } = design;
  const classes = shares.length;
  const precondition = classwiseSolve(design, shares, l2);
  return {
    value: (margins) =>
      labels.reduce((sum, label, row) => {
        const own = margins.subarray(row * classes, (row + 1) * classes);
        return sum + (weights[row] as number) * (logSumExp(own) - (own[label] as number));
      }, 0),
    slopes(margins) {
      const slopes = probabilities(margins, classes);
      for (const [row, label] of labels.entries()) {
        const own = row * classes + label;
        slopes[own] = (slopes[own] as number) - 1;
      }
      return slopes.map((slope, at) => slope * (weights[Math.floor(at / classes)] as number));
    },
    step(margins, gradient) {
      const chances = probabilities(margins, classes);
      const curve = (direction: Float64Array) => {
        const perRow = curveRows(apply(design, direction), chances, weights);
        const curved = applyTransposed(design, perRow);
        return curved.map((value, at) => value + (at % width === 0 ? 0 : l2 * (direction[at] as number)));
      };
      return conjugateGradients(curve, precondition, gradient);
    },
  };
}

/** Each row's weight (diag(p) - p p') times its margins' change, in place. */
function curveRows(changes: Float64Array, chances: Float64Array, weights: Float64Array): Float64Array {
  const classes = changes.length / weights.length;
  for (let row = 0, start = 0; row < weights.length; row++, start += classes) {
    const weight = weights[row] as number;
    let mean = 0;
    for (let at = start; at < start + classes; at++)
      mean += (chances[at] as number) * (changes[at] as number);
    for (let at = start; at < start + classes; at++) {
      changes[at] = weight * (chances[at] as number) * ((changes[at] as number) - mean);
    }
  }
  return changes;
}

function probabilities(margins: Float64Array, classes: number): Float64Array {
  const result = Float64Array.from(margins);
  for (let at = 0; at < result.length; at += classes) softmax(result.subarray(at, at + classes));
  return result;
}

function logSumExp(margins: Float64Array): number {
  const highest = margins.reduce((high, margin) => Math.max(high, margin), -Infinity);
  return highest + Math.log(margins.reduce((sum, margin) => sum + Math.exp(margin - highest), 0));
}

/**
 * Solves with the curvature that each class alone would have at its share. The classes' mean is taken
 * off: adding the same to every class changes no probability, and without penalty has no curvature.
 */
function classwiseSolve(design: Design, shares: readonly number[], l2: number): Solve {
  const { width, weights } = design;
  const crossed = gram(design, weights);
  const solvers = shares.map((share) => {
    const scaled = crossed.map((value) => value * share * (1 - share));
    return cholesky(addRidge(scaled, width, l2), width);
  });
  return (right) => {
    const solved = new Float64Array(right.length);
    for (const [k, solve] of solvers.entries()) {
      solved.set(solve(right.subarray(k * width, (k + 1) * width)), k * width);
    }
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

/** How much of the squared residual may stay: the next Newton step starts from what is left. */
const RESIDUAL = 1e-4;

function conjugateGradients(
  curve: (direction: Float64Array) => Float64Array,
  precondition: Solve,
  gradient: Float64Array,
): Float64Array {
  const step = new Float64Array(gradient.length);
  const residual = Float64Array.from(gradient);
  let direction = precondition(residual);
  let size = dot(residual, direction);
  const enough = size * RESIDUAL;
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
