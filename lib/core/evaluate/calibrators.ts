import type { Calibration } from '../serve/decision.ts';
import { clipProbability } from './losses.ts';
import { ascendingOrder, scoredRows, tiedRuns } from './scored-rows.ts';

/**
 * The calibrated probability: never falling as `probability` rises, in [0, 1].
 * @param probability in [0, 1]
 */
export function applyCalibration(calibration: Calibration, probability: number): number {
  if (calibration.kind === 'isotonic') return interpolate(calibration.x, calibration.y, probability);
  return 1 / (1 + Math.exp(calibration.a * logOdds(probability) + calibration.b));
}

/**
 * The rising step function nearest to the labels (least squares), joined by straight lines between its
 * steps; rows of equal probability count as one. With labels of one class it is that class.
 * Source: Zadrozny and Elkan, KDD 2002; pool adjacent violators of Ayer et al., Annals of Mathematical
 * Statistics 26, 1955. Equals scikit-learn's IsotonicRegression(out_of_bounds='clip').
 * @throws InvalidInputError as `scoredRows` does
 */
export function fitIsotonic(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): Extract<Calibration, { kind: 'isotonic' }> {
  scoredRows(labels, probabilities);
  const order = ascendingOrder(probabilities);
  const blocks: Block[] = [];
  for (const { start, end } of tiedRuns(probabilities, order)) {
    const probability = probabilities[order[start] as number] as number;
    let positives = 0;
    for (let at = start; at < end; at++) positives += labels[order[at] as number] as number;
    let block: Block = { from: probability, to: probability, rows: end - start, positives };
    for (let last = blocks.at(-1); last && shareOf(last) >= shareOf(block); last = blocks.at(-1)) {
      blocks.pop();
      block = {
        from: last.from,
        to: block.to,
        rows: last.rows + block.rows,
        positives: last.positives + block.positives,
      };
    }
    blocks.push(block);
  }
  const ends = blocks.flatMap((block) =>
    (block.from === block.to ? [block.from] : [block.from, block.to]).map((x) => ({ x, y: shareOf(block) })),
  );
  return { kind: 'isotonic', x: ends.map(({ x }) => x), y: ends.map(({ y }) => y) };
}

/** Neighbouring rows that share one answer. */
interface Block {
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly positives: number;
}

function shareOf({ positives, rows }: Block): number {
  return positives / rows;
}

/** Between two points the smaller end bounds the rounding, so that the answer never falls. */
function interpolate(x: readonly number[], y: readonly number[], at: number): number {
  let [low, high] = [0, x.length - 1];
  if (at <= (x[low] as number)) return y[low] as number;
  if (at >= (x[high] as number)) return y[high] as number;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((x[middle] as number) <= at) low = middle;
    else high = middle;
  }
  const [from, to] = [x[low] as number, x[high] as number];
  const [bottom, top] = [y[low] as number, y[high] as number];
  return Math.min(top, bottom + (top - bottom) * ((at - from) / (to - from)));
}

/**
 * A logistic curve over the log odds of the probabilities (clipped as log loss clips them), its targets
 * drawn in from 0 and 1 by the prior: (n1 + 1) / (n1 + 2) and 1 / (n0 + 2). `a` is at most 0: where
 * the labels fall as the probability rises, the curve is flat at their share instead of turning the ranking round.
 * Source: Platt, Advances in Large Margin Classifiers, 1999; by the Newton method of Lin, Lin and Weng,
 * Machine Learning 68, 2007. Equals scikit-learn's _SigmoidCalibration given log odds.
 * @throws InvalidInputError as `scoredRows` does
 */
export function fitPlatt(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): Extract<Calibration, { kind: 'platt' }> {
  const { positives } = scoredRows(labels, probabilities);
  const negatives = labels.length - positives;
  const odds = Float64Array.from(probabilities, logOdds);
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (negatives + 2)];
  const targets = Float64Array.from(labels, (label) => (label === 1 ? high : low));
  const mean = (positives * high + negatives * low) / labels.length;
  const flat = { kind: 'platt', a: 0, b: Math.log((1 - mean) / mean) } as const;
  const { centre, spread } = centreAndSpread(odds);
  if (spread <= NO_SPREAD * (1 + Math.abs(centre))) return flat;
  // Centred and scaled, odds that hardly differ, or differ much, are as easy as others.
  const scaled = odds.map((odd) => (odd - centre) / spread);
  const curve = minimise(scaled, targets, { a: 0, b: Math.log((negatives + 1) / (positives + 1)) });
  const a = curve.a / spread;
  return a <= 0 ? { kind: 'platt', a, b: curve.b - a * centre } : flat;
}

/** Share of their size that equal odds differ by from rounding alone, and some more. */
const NO_SPREAD = 1e-9;

function centreAndSpread(values: Float64Array): { centre: number; spread: number } {
  const centre = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length;
  return { centre, spread: Math.sqrt(variance) };
}

interface Curve {
  readonly a: number;
  readonly b: number;
}

/** Newton's steps, halved until the cross entropy falls; stops where no step makes it smaller. */
function minimise(odds: Float64Array, targets: Float64Array, start: Curve): Curve {
  let curve = start;
  let cost = crossEntropy(odds, targets, curve);
  for (let iteration = 0; iteration < 100; iteration++) {
    const step = newtonStep(odds, targets, curve);
    let [size, next, nextCost] = [1, curve, Infinity];
    for (; size > 1e-10; size /= 2) {
      next = { a: curve.a + size * step.a, b: curve.b + size * step.b };
      nextCost = crossEntropy(odds, targets, next);
      if (nextCost < cost) break;
    }
    if (!(nextCost < cost)) return curve;
    [curve, cost] = [next, nextCost];
  }
  return curve;
}

function newtonStep(odds: Float64Array, targets: Float64Array, { a, b }: Curve): Curve {
  // A touch on the diagonal keeps equal odds, whose curve is not unique, solvable.
  let [aa, bb, ab, da, db] = [1e-12, 1e-12, 0, 0, 0];
  for (let row = 0; row < odds.length; row++) {
    const odd = odds[row] as number;
    const probability = 1 / (1 + Math.exp(a * odd + b));
    const weight = probability * (1 - probability);
    const gap = (targets[row] as number) - probability;
    aa += odd * odd * weight;
    bb += weight;
    ab += odd * weight;
    da += odd * gap;
    db += gap;
  }
  const determinant = aa * bb - ab * ab;
  return { a: -(bb * da - ab * db) / determinant, b: -(aa * db - ab * da) / determinant };
}

function crossEntropy(odds: Float64Array, targets: Float64Array, { a, b }: Curve): number {
  let total = 0;
  for (let row = 0; row < odds.length; row++) {
    const z = a * (odds[row] as number) + b;
    const target = targets[row] as number;
    total += z >= 0 ? target * z + Math.log1p(Math.exp(-z)) : (target - 1) * z + Math.log1p(Math.exp(z));
  }
  return total;
}

function logOdds(probability: number): number {
  const clipped = clipProbability(probability);
  return Math.log(clipped) - Math.log1p(-clipped);
}
