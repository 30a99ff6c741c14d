import { type Estimate, UNDEFINED } from './interval.ts';
import { twoSidedZ } from './normal.ts';

/** Rows beside the most frequent label that a concordance needs: with fewer, chance alone ranks them perfectly. */
const SUPPORT = 10;

/**
 * The chance that of two rows with different labels the one with the larger value has the larger label, equal
 * values counting half: 0.5 says nothing, 1 ranks perfectly, 0 the other way round. For labels 0 and 1 it is
 * the AUC, for numbers (Somers' D(values | labels) + 1) / 2. Undefined unless 10 rows have another label than the
 * most frequent one.
 * With k_i row i's concordant less c times its comparable pairs, the variance is
 * n / (n - 1) * 4 sum(k_i^2) / (sum of comparable pairs)^2; the normal interval is cut to [0, 1].
 * Source: Harrell, Lee and Mark, Statistics in Medicine 15, 1996; its variance as a ratio of U-statistics
 * after Newson, Stata Journal 6, 2006. O(n log n).
 */
export function concordance(
  values: ArrayLike<number>,
  labels: ArrayLike<number>,
  confidence: number,
): Estimate {
  const rows = values.length;
  const [x, y] = [rank(values), rank(labels)];
  if (rows - Math.max(0, ...y.counts) < SUPPORT) return UNDEFINED;
  const seen = new PrefixCounts(x.counts.length);
  const xUpTo = cumulate(x.counts);
  const concordant = new Float64Array(rows);
  const comparable = new Float64Array(rows);
  let before = 0;
  for (const members of rowsByRank(y)) {
    // Two passes, for rows of one label are no pair: those of lower labels first, then all up to this one.
    for (const row of members) {
      const at = x.ranks[row] as number;
      const [below, upTo] = [seen.upTo(at - 1), seen.upTo(at)];
      concordant[row] = below + (upTo - below) / 2;
    }
    for (const row of members) seen.add(x.ranks[row] as number);
    before += members.length;
    for (const row of members) {
      const at = x.ranks[row] as number;
      const [below, upTo] = [seen.upTo(at - 1), seen.upTo(at)];
      const above = rows - (xUpTo[at] as number) - (before - upTo);
      const tied = (x.counts[at] as number) - (upTo - below);
      (concordant[row] as number) += above + tied / 2;
      comparable[row] = rows - members.length;
    }
  }
  return estimate(concordant, comparable, confidence);
}

function estimate(concordant: Float64Array, comparable: Float64Array, confidence: number): Estimate {
  const rows = concordant.length;
  const pairs = comparable.reduce((total, count) => total + count, 0);
  const value = concordant.reduce((total, count) => total + count, 0) / pairs;
  const squares = concordant.reduce(
    (total, count, row) => total + (count - value * (comparable[row] as number)) ** 2,
    0,
  );
  const error = Math.sqrt((rows / (rows - 1)) * squares * 4) / pairs;
  const reach = twoSidedZ(confidence) * error;
  return { value, low: Math.max(0, value - reach), high: Math.min(1, value + reach) };
}

/** Dense ranks from 0, and how many rows have each. */
interface Ranks {
  readonly ranks: Uint32Array;
  readonly counts: Uint32Array;
}

function rank(values: ArrayLike<number>): Ranks {
  const sorted = Float64Array.from(values).sort();
  const distinct = sorted.filter((value, index) => index === 0 || value !== sorted[index - 1]);
  const counts = new Uint32Array(distinct.length);
  const ranks = Uint32Array.from(values, (value) => {
    const found = search(distinct, value);
    (counts[found] as number)++;
    return found;
  });
  return { ranks, counts };
}

/** Where `value` is in rising `values`, which hold it. */
function search(values: Float64Array, value: number): number {
  let [low, high] = [0, values.length - 1];
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

function cumulate(counts: Uint32Array): Uint32Array {
  let total = 0;
  return counts.map((count) => {
    total += count;
    return total;
  });
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
