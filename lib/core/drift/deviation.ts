/**
 * Standard deviation of numbers, as of a population: the same to the bit in whatever order they come, so that the same
 * rows are the same baseline. 0 when all are within 5e-309. Of a million numbers it is off by 1e-12 of itself at most; one
 * or two in the last place are usual.
 *
 * Each number is brought into 0 to 1 by itself. Adding and taking away a power of two far larger leaves a multiple of that
 * one's last place, and sums of such multiples are not rounded: they know no order. What this cuts off the squares is
 * summed alike, by a far smaller power. Of the mean the multiples are enough, as its error counts only squared.
 * Source: Demmel and Nguyen, Fast Reproducible Floating-Point Summation, IEEE Symposium on Computer Arithmetic, 2013.
 * @param values at least one, finite, within 1e150 of 0
 * @param min the smallest of them
 * @param max the largest
 */
export function deviationOf(values: Float64Array, min: number, max: number): number {
  const scale = 1 / (max - min);
  if (scale === Infinity) return 0;
  // Larger than the sum of all, and than that of all that is cut off.
  const coarse = 2 ** (Math.ceil(Math.log2(values.length)) + 1);
  const fine = 1.5 * coarse ** 2 * 2 ** -52;
  const mean = sumOf(values, min, scale, coarse) / values.length;
  let [sum, rest] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const distance = ((values[index] as number) - min) * scale - mean;
    const square = distance * distance;
    const multiple = square + coarse - coarse;
    sum += multiple;
    rest += square - multiple + fine - fine;
  }
  return Math.sqrt((sum + rest) / values.length) / scale;
}

function sumOf(values: Float64Array, min: number, scale: number, coarse: number): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++)
    sum += ((values[index] as number) - min) * scale + coarse - coarse;
  return sum;
}
