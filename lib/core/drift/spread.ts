/** Where a column's numbers lie, infinities left out. Plain JSON. */
export interface Spread {
  /** SPREAD_POINTS quantiles, rising: point i is the (i + 0.5) / SPREAD_POINTS quantile, as quantile_disc in SQL. */
  readonly points: readonly number[];
  /** Standard deviation of all numbers, as of a population. */
  readonly deviation: number;
}

export const SPREAD_POINTS = 100;
/** From here on a square overflows: such a number counts as infinite. */
export const SPREAD_REACH = 1e150;

/** @returns undefined when there is no number */
export function spreadOf(values: readonly (number | null)[]): Spread | undefined {
  const sorted = Float64Array.from(
    values.filter((value): value is number => value !== null && Math.abs(value) < SPREAD_REACH),
  ).sort();
  const rows = sorted.length;
  if (rows === 0) return undefined;
  const first = sorted[0] as number;
  // From the first on: of a constant, the deviation is 0 and not what rounding leaves.
  const mean = first + sorted.reduce((sum, value) => sum + (value - first) / rows, 0);
  const variance = sorted.reduce((sum, value) => sum + (value - mean) ** 2 / rows, 0);
  // + 0: JSON has no -0, nor has an order that takes both for equal.
  const point = (_: unknown, index: number) =>
    (sorted[Math.ceil(((index + 0.5) * rows) / SPREAD_POINTS) - 1] as number) + 0;
  return { points: Array.from({ length: SPREAD_POINTS }, point), deviation: Math.sqrt(variance) };
}
