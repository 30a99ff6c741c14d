import { NotFeasibleError } from '../errors.ts';
import type { Design } from './design.ts';
import { add, apply, applyTransposed, dot } from './design-products.ts';

/** A convex loss of margins; margins and their derivatives are row-major, rows x outputs. */
export interface Loss {
  /** Weighted sum over the rows. */
  value(margins: Float64Array): number;
  /** Weighted derivative by each margin. */
  slopes(margins: Float64Array): Float64Array;
  /** Solves (curvature of loss and penalty) step = gradient; an approximate step must descend, too. */
  step(margins: Float64Array, gradient: Float64Array): Float64Array;
}

/**
 * The last step is the one that lowers the loss by less than this a unit of weight: it moves margins by
 * some 1e-6, and what it leaves is the square of that.
 */
const LAST_GAIN = 1e-12;

/** Halving ends here: numbers beyond float64 never compare as enough. */
const SHORTEST_STEP = 1e-9;

/** Curvature along a step as a share of a squared loss's; below it labels are separated. */
const LEAST_CURVATURE = 1e-10;

/**
 * The weights that minimise loss + l2 / 2 |weights|^2, the first of each output (the intercept) free.
 * Newton's method with halved steps. Source: Boyd and Vandenberghe, Convex Optimization, 9.5.2.
 * @param weights output-major, outputs x width: where to start; becomes the answer
 * @throws NotFeasibleError when there is no minimum, or it is not reached within `maxIterations`
 */
export function minimise(
  design: Design,
  loss: Loss,
  l2: number,
  weights: Float64Array,
  maxIterations: number,
): void {
  const penalised = weights.map((_, at) => (at % design.width === 0 ? 0 : l2));
  const penalty = (point: Float64Array) =>
    point.reduce((sum, w, at) => sum + (penalised[at] as number) * w * w, 0) / 2;
  const margins = apply(design, weights);
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    const gradient = applyTransposed(design, loss.slopes(margins));
    for (let at = 0; at < weights.length; at++) {
      gradient[at] = (gradient[at] as number) + (penalised[at] as number) * (weights[at] as number);
    }
    const step = loss.step(margins, gradient);
    const change = apply(design, step);
    const decrement = dot(gradient, step);
    if (l2 === 0 && decrement < LEAST_CURVATURE * weightedSquares(design, change)) {
      throw new NotFeasibleError(
        'labels: the features separate the classes, so that no weights are the best ones: give l2 a value above 0',
      );
    }
    if (decrement <= LAST_GAIN * design.totalWeight) {
      add(weights, -1, step);
      return;
    }

    const before = loss.value(margins) + penalty(weights);
    const isEnough = (size: number) => {
      const after = loss.value(moved(margins, -size, change)) + penalty(moved(weights, -size, step));
      return after <= before - 1e-4 * size * decrement;
    };
    let size = 1;
    while (size > SHORTEST_STEP && !isEnough(size)) size /= 2;
    add(weights, -size, step);
    add(margins, -size, change);
  }
  throw new NotFeasibleError(
    `maxIterations: the weights still move after ${maxIterations}: allow more, or give l2 a larger value`,
  );
}

function moved(from: Float64Array, factor: number, by: Float64Array): Float64Array {
  const result = Float64Array.from(from);
  add(result, factor, by);
  return result;
}

function weightedSquares({ rows, weights }: Design, changes: Float64Array): number {
  const outputs = changes.length / rows;
  return changes.reduce(
    (sum, change, at) => sum + (weights[Math.floor(at / outputs)] as number) * change ** 2,
    0,
  );
}
