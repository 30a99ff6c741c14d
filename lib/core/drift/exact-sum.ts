/**
 * A sum of numbers without any rounding, as JSON: its correctly rounded value first, then what is left, rounded, and so
 * on until nothing is. Equal sums are equal lists, whatever order their numbers came in; nothing at all is the sum 0.
 */
export type ExactSum = readonly number[];

/**
 * Adds a number to partials that together are a sum exactly, in place. No order of numbers loses a bit; far beyond 1e300
 * the sum overflows.
 * Source: Shewchuk, Discrete and Computational Geometry 18, 1997 (Adaptive precision floating-point arithmetic),
 * Grow-Expansion.
 * @param partials of rising magnitude, no bit of one in another; none for 0
 */
export function addExactly(partials: number[], value: number): void {
  let kept = 0;
  let sum = value;
  for (let index = 0; index < partials.length; index++) {
    const partial = partials[index] as number;
    const high = sum + partial;
    const low = Math.abs(sum) < Math.abs(partial) ? sum - (high - partial) : partial - (high - sum);
    if (low !== 0) partials[kept++] = low;
    sum = high;
  }
  partials.length = kept;
  if (sum !== 0) partials.push(sum);
}

export function exactSum(partials: readonly number[]): ExactSum {
  const left = [...partials];
  const sum: number[] = [];
  for (let value = rounded(left); value !== 0; value = rounded(left)) {
    sum.push(value);
    addExactly(left, -value);
  }
  return sum;
}

export function mergeSums(a: ExactSum, b: ExactSum): ExactSum {
  const partials: number[] = [];
  for (const value of [...a, ...b]) addExactly(partials, value);
  return exactSum(partials);
}

/** The nearest double, of two the even one, as Python's `math.fsum`. */
function rounded(partials: readonly number[]): number {
  let place = partials.length;
  let sum = 0;
  let low = 0;
  while (place > 0 && low === 0) {
    const [high, partial] = [sum, partials[--place] as number];
    sum = high + partial;
    low = partial - (sum - high);
  }
  // Halfway between two doubles, what is left decides, which the addition has not seen.
  const next = partials[place - 1] ?? 0;
  const beyond = sum + 2 * low;
  return Math.sign(low) === Math.sign(next) && beyond - sum === 2 * low ? beyond : sum;
}
