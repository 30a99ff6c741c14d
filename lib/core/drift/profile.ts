import type { Sketch } from './sketch.ts';
import { type Spread, spreadOf } from './spread.ts';

/**
 * How a column of numbers is distributed. Plain JSON; a baseline is the profile of the training rows,
 * a window that of newer rows over the baseline's bins.
 */
export interface NumericProfile {
  readonly column: string;
  readonly kind: 'number';
  /** Rising borders, see `cutsFromDeciles`. None when the baseline had no number. */
  readonly cuts: readonly number[];
  /** Rows a bin, cuts.length + 1 of them: bin i holds cuts[i - 1] < value <= cuts[i]. */
  readonly counts: readonly number[];
  /** null and NaN. */
  readonly missing: number;
  readonly rows: number;
  /** Of a baseline. None without a number, and in bundles that were made before there was one. */
  readonly spread?: Spread;
  /** Of a window, over the points of its baseline's spread; none where that has none. */
  readonly sketch?: Sketch;
}

/** How a column of levels is distributed. Plain JSON. */
export interface CategoricalProfile {
  readonly column: string;
  readonly kind: 'category';
  /** The baseline's most frequent levels, at most 50. */
  readonly levels: readonly string[];
  /** Rows a level. */
  readonly counts: readonly number[];
  /** Rows of every other level: those that the baseline had no room for, and new ones. */
  readonly other: number;
  readonly missing: number;
  readonly rows: number;
}

export type ColumnProfile = NumericProfile | CategoricalProfile;

/**
 * Profiles numbers over given cuts. Infinities fall into the outer bins.
 * @param values in memory: a window of at most some 100,000 rows; more are counted in the query engine
 */
export function numericProfile(
  column: string,
  cuts: readonly number[],
  values: readonly (number | null)[],
): NumericProfile {
  const counts = new Array<number>(cuts.length + 1).fill(0);
  let missing = 0;
  let rows = 0;
  for (const value of values) {
    rows++;
    if (value === null || Number.isNaN(value)) missing++;
    else (counts[binNumber(cuts, value)] as number)++;
  }
  const spread = spreadOf(values);
  return { column, kind: 'number', cuts, counts, missing, rows, ...(spread && { spread }) };
}

/** Profiles levels; a level that is not among `levels` counts as other. */
export function categoricalProfile(
  column: string,
  levels: readonly string[],
  values: Iterable<string | null>,
): CategoricalProfile {
  const bins = new Map(levels.map((level, bin) => [level, bin]));
  const counts = levels.map(() => 0);
  let other = 0;
  let missing = 0;
  let rows = 0;
  for (const value of values) {
    rows++;
    const bin = value === null ? undefined : bins.get(value);
    if (value === null) missing++;
    else if (bin === undefined) other++;
    else (counts[bin] as number)++;
  }
  return { column, kind: 'category', levels, counts, other, missing, rows };
}

/** The bin of a number: how many cuts are below it. */
export function binNumber(cuts: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((cuts[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Cuts from the nine deciles 0.1, ..., 0.9 of the baseline, each a value of the column: duplicates go,
 * and a value that is two deciles or more gets a bin of its own, by a second cut just below it. So
 * a constant column has the bins less, equal, more, and zeros among zeros cannot hide a shift.
 * @param deciles rising; infinities and NaN (no value at all) are left out: JSON has none
 */
export function cutsFromDeciles(deciles: readonly number[]): number[] {
  const cuts = new Set<number>();
  const finite = deciles.filter((value) => Number.isFinite(value));
  for (const [index, value] of finite.entries()) {
    const below = nextBelow(value);
    // There is no number below the smallest one, and -Infinity would not survive JSON.
    if (value === finite[index + 1] && Number.isFinite(below)) cuts.add(below);
    cuts.add(value);
  }
  return [...cuts].sort((a, b) => a - b);
}

/**
 * `cutsFromDeciles` of numbers in memory, in any order; null and NaN are left out. Decile p of n
 * values is the ceil(p n)-th smallest (the inverse of the distribution function, quantile_disc in SQL).
 */
export function decileCuts(values: Iterable<number | null>): number[] {
  const sorted = Float64Array.from(
    [...values].filter((value) => value !== null && !Number.isNaN(value)) as number[],
  ).sort();
  return cutsFromDeciles(
    Array.from(
      { length: 9 },
      (_, tenth) => sorted[Math.ceil(((tenth + 1) * sorted.length) / 10) - 1] ?? Number.NaN,
    ),
  );
}

/** Rows a bin, missing (and other) last. */
export function countsOf(profile: ColumnProfile): number[] {
  const others = profile.kind === 'category' ? [profile.other] : [];
  return [...profile.counts, ...others, profile.missing];
}

/** Share of rows a bin, missing (and other) last; all 0 without rows. */
export function sharesOf(profile: ColumnProfile): number[] {
  return countsOf(profile).map((count) => (profile.rows === 0 ? 0 : count / profile.rows));
}

/** The largest double below a finite `value`. */
function nextBelow(value: number): number {
  if (value === 0) return -Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return bits.getFloat64(0);
}
