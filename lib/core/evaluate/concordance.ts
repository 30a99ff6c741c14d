/**
 * The chance that of two rows with different labels the one with the larger value has the larger label, equal
 * values counting half: 0.5 says nothing, 1 ranks perfectly, 0 the other way round. For labels 0 and 1 it is
 * the AUC, for numbers (Somers' D(values | labels) + 1) / 2. null unless `support` rows have another label than
 * the most frequent one. O(n log n).
 * Source: Harrell, Lee and Mark, Statistics in Medicine 15, 1996; Newson, Stata Journal 6, 2006.
 */
export function concordance(
  values: ArrayLike<number>,
  labels: ArrayLike<number>,
  support: number,
): number | null {
  const rows = values.length;
  const [x, y] = [rank(values), rank(labels)];
  const largest = y.counts.reduce((most, count) => Math.max(most, count), 0);
  if (rows - largest < Math.max(1, support)) return null;
  const seen = new PrefixCounts(x.counts.length);
  let concordant = 0;
  let comparable = 0;
  let before = 0;
  for (const members of rowsByRank(y)) {
    for (const row of members) {
      const at = x.ranks[row] as number;
      concordant += (seen.upTo(at - 1) + seen.upTo(at)) / 2;
    }
    comparable += before * members.length;
    for (const row of members) seen.add(x.ranks[row] as number);
    before += members.length;
  }
  return concordant / comparable;
}

/** Dense ranks from 0, and how many rows have each. */
interface Ranks {
  readonly ranks: Uint32Array;
  readonly counts: Uint32Array;
}

function rank(values: ArrayLike<number>): Ranks {
  const distinct = Float64Array.from(values).sort();
  let found = 0;
  for (let index = 1; index < distinct.length; index++) {
    if (distinct[index] !== distinct[found]) distinct[++found] = distinct[index] as number;
  }
  const counts = new Uint32Array(Math.min(distinct.length, found + 1));
  const ranks = new Uint32Array(values.length);
  for (let row = 0; row < ranks.length; row++) {
    const at = search(distinct, counts.length, values[row] as number);
    ranks[row] = at;
    (counts[at] as number)++;
  }
  return { ranks, counts };
}

/** Where `value` is in the first `count` of rising `values`, which hold it. */
function search(values: Float64Array, count: number, value: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rowsByRank({ ranks, counts }: Ranks): Uint32Array[] {
  const groups = Array.from(counts, (count) => new Uint32Array(count));
  const filled = new Uint32Array(counts.length);
  ranks.forEach((group, row) => {
    (groups[group] as Uint32Array)[(filled[group] as number)++] = row;
  });
  return groups;
}

/** Counts by position whose prefix sums are kept up. Source: Fenwick, Software: Practice and Experience 24, 1994. */
class PrefixCounts {
  readonly #tree: Uint32Array;

  constructor(positions: number) {
    this.#tree = new Uint32Array(positions + 1);
  }

  add(position: number): void {
    for (let at = position + 1; at < this.#tree.length; at += at & -at) (this.#tree[at] as number)++;
  }

  /** How many were added at positions 0 to `position`. */
  upTo(position: number): number {
    let total = 0;
    for (let at = position + 1; at > 0; at -= at & -at) total += this.#tree[at] as number;
    return total;
  }
}
