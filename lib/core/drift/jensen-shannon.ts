/**
 * Jensen-Shannon distance with base 2: 0 = same shares, 1 = nothing in common. The root of
 * sum(e log2(e / a')  + a log2(a / a')) / 2 with a' = (e + a) / 2, an empty bin adding 0: no floor is needed.
 * Source: Lin, IEEE Transactions on Information Theory 37, 1991; Endres and Schindelin, same 49, 2003 (the root).
 * @param expected baseline shares, one per bin, summing to 1
 * @param actual window shares, same bins
 */
export function jensenShannonDistance(expected: readonly number[], actual: readonly number[]): number {
  let divergence = 0;
  for (const [bin, share] of expected.entries()) {
    const other = actual[bin] as number;
    const middle = (share + other) / 2;
    divergence += (bits(share, middle) + bits(other, middle)) / 2;
  }
  // Rounding may leave a little below 0.
  return Math.sqrt(Math.min(1, Math.max(0, divergence)));
}

function bits(share: number, middle: number): number {
  return share === 0 ? 0 : share * Math.log2(share / middle);
}
