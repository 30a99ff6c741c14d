/**
 * The p-values adjusted for how many there are, in their order: rejecting those of at most q keeps the
 * expected share of false rejections at or below q. The i-th smallest of m becomes the least of
 * m p / rank over the ranks from i up, at most 1.
 * Source: Benjamini and Hochberg, JRSS B 57, 1995, as adjusted p-values by Yekutieli and Benjamini, 1999.
 */
export function adjustedPValues(pValues: readonly number[]): number[] {
  const falling = pValues.map((_, index) => index).sort((a, b) => at(pValues, b) - at(pValues, a));
  const adjusted = new Array<number>(pValues.length);
  let least = 1;
  falling.forEach((index, position) => {
    least = Math.min(least, (at(pValues, index) * pValues.length) / (pValues.length - position));
    adjusted[index] = least;
  });
  return adjusted;
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}
