/** At most `limit` of the row numbers 0 to `rows` - 1, spread evenly from the first on, rising. */
export function evenlySpaced(rows: number, limit: number): number[] {
  const count = Math.min(rows, limit);
  return Array.from({ length: count }, (_, index) => Math.floor((index * rows) / count));
}
