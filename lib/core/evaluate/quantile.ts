/**
 * Quantile of ascending values by linear interpolation between the two nearest.
 * Source: definition 7 of Hyndman and Fan, The American Statistician 50, 1996 (numpy's default).
 * @param sorted at least one value, ascending
 * @param share in [0, 1]
 */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (position - below) * (high - low);
}
