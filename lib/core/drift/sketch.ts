import { addExactly, type ExactSum, exactSum, mergeSums } from './exact-sum.ts';

/**
 * Where a window's numbers lie among the points of a baseline's spread, infinities left out. Plain JSON. Unlike the
 * window's own quantiles it merges exactly: counts and exact sums are all there is.
 */
export interface Sketch {
  /** Numbers below the first of the distinct points, at it, between it and the next, ..., at the last, above it. */
  readonly counts: readonly number[];
  /** How far the numbers below the first point are from it, together, in the column's unit. */
  readonly below: ExactSum;
  /** How far those above the last point are from it. */
  readonly above: ExactSum;
}

/** The points without their repetitions: what `Sketch.counts` counts at and between. */
export const distinctPoints = (points: readonly number[]): number[] => [...new Set(points)];

/** Sums of how far numbers are beyond the first and the last point. */
export class Tails {
  readonly #below: number[] = [];
  readonly #above: number[] = [];
  readonly #first: number;
  readonly #last: number;

  /** @param points rising, at least one */
  constructor(points: readonly number[]) {
    this.#first = points[0] as number;
    this.#last = points.at(-1) as number;
  }

  add(value: number): void {
    if (value > this.#last) addExactly(this.#above, value - this.#last);
    else if (value < this.#first) addExactly(this.#below, this.#first - value);
  }

  sums(): Pick<Sketch, 'below' | 'above'> {
    return { below: exactSum(this.#below), above: exactSum(this.#above) };
  }
}

/** @param a of other rows than `b`, over the same points */
export function mergeSketches(a: Sketch, b: Sketch): Sketch {
  return {
    counts: a.counts.map((count, slot) => count + (b.counts[slot] as number)),
    below: mergeSums(a.below, b.below),
    above: mergeSums(a.above, b.above),
  };
}
