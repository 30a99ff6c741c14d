/**
 * Standard deviation of numbers, as of a population: the same to the bit in whatever order they come, so that the same
 * rows are the same baseline. 0 when all are within 5e-309. Of a million numbers it is off by 1e-12 of itself at most; one
 * or two in the last place are usual.
 *
 * Each number is brought into 0 to 1 by itself. Adding and taking away a power of two far larger leaves a multiple of that
 * one's last place, and sums of such multiples are not rounded: they know no order. What this cuts off the squares is
 * summed alike, by a far smaller power. Of the mean the multiples are enough, as its error counts only squared.
 * Source: Demmel and Nguyen, Fast Reproducible Floating-Point Summation, IEEE Symposium on Computer Arithmetic, 2013.
 *
 * All numbers are given twice, in pieces: `addToMean` each, then `addSquares` each.
 */
export class Deviation {
  readonly #numbers: number;
  readonly #min: number;
  readonly #scale: number;
  /** Larger than the sum of all, and than that of all that is cut off. */
  readonly #coarse: number;
  readonly #fine: number;
  /** Of the numbers, of their squares, and of what is cut off those. */
  readonly #sums = new Float64Array(3);

  /**
   * @param numbers how many there are, at least one; all finite, within 1e150 of 0
   * @param min the smallest of them
   * @param max the largest
   */
  constructor(numbers: number, min: number, max: number) {
    this.#numbers = numbers;
    this.#min = min;
    this.#scale = 1 / (max - min);
    this.#coarse = 2 ** (Math.ceil(Math.log2(numbers)) + 1);
    this.#fine = 1.5 * this.#coarse ** 2 * 2 ** -52;
  }

  addToMean(values: Float64Array): void {
    const [min, scale, coarse] = [this.#min, this.#scale, this.#coarse];
    let sum = this.#sums[0] as number;
    for (let index = 0; index < values.length; index++)
      sum += ((values[index] as number) - min) * scale + coarse - coarse;
    this.#sums[0] = sum;
  }

  addSquares(values: Float64Array): void {
    const [min, scale, coarse, fine] = [this.#min, this.#scale, this.#coarse, this.#fine];
    const mean = (this.#sums[0] as number) / this.#numbers;
    let [sum, rest] = [this.#sums[1] as number, this.#sums[2] as number];
    for (let index = 0; index < values.length; index++) {
      const distance = ((values[index] as number) - min) * scale - mean;
      const square = distance * distance;
      const multiple = square + coarse - coarse;
      sum += multiple;
      rest += square - multiple + fine - fine;
    }
    this.#sums[1] = sum;
    this.#sums[2] = rest;
  }

  value(): number {
    if (this.#scale === Infinity) return 0;
    const [, squares, rest] = this.#sums as unknown as [number, number, number];
    return Math.sqrt((squares + rest) / this.#numbers) / this.#scale;
  }
}
