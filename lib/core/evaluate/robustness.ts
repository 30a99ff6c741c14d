import type { Row } from '../expression/index.ts';
import { seededRandom } from '../random/seeded-random.ts';
import { evenlySpaced } from './evenly-spaced.ts';
import { pickRows } from './group-rows.ts';
import { meanWithError } from './interval.ts';

/** Share of each input's values that is set to null. */
export const NULL_SHARE = 0.1;
/** Rows that are scored again for each perturbation. */
const ROW_LIMIT = 20_000;

/** What happens to the mean loss when the data is not as it was. null: the rows do not define it. Plain JSON. */
export interface Robustness {
  /** Test rows that were perturbed, evenly spaced among all. */
  readonly rows: number;
  readonly nulls: {
    /** Raw columns a tenth of whose values was set to null: all that a request may leave out. */
    readonly columns: readonly string[];
    readonly loss: number | null;
    readonly perturbed: number | null;
    /** Rise as a share of `loss`. */
    readonly lost: number | null;
  };
  /** By how much the mean loss rises when a feature's values change places, from the most; in the loss's unit. */
  readonly permutation: readonly { readonly feature: string; readonly increase: number | null }[];
  readonly timeShift: {
    /** Mean losses of the older and the newer half of all test rows. */
    readonly older: number | null;
    readonly newer: number | null;
    /** Rise from older to newer as a share of `older`. */
    readonly lost: number | null;
  };
}

export interface RobustnessInput {
  readonly seed: number;
  readonly features: readonly string[];
  /** Raw columns that a request may leave out. */
  readonly nullable: readonly string[];
  /** Test rows, oldest first: raw, encoded (row-major, rows x features), and the version's loss of each. */
  readonly rows: readonly Row[];
  readonly values: Float32Array;
  readonly labels: ArrayLike<number>;
  readonly losses: Float64Array | null;
  /** As serving encodes. */
  readonly encode: (rows: readonly Row[]) => Float32Array;
  /** Row losses of encoded rows. */
  readonly lossesOf: (values: Float32Array, labels: ArrayLike<number>) => Float64Array | null;
}

/**
 * Perturbs the test rows and scores them again. Permutation importance: Breiman, Machine Learning 45, 2001,
 * with one permutation a feature, the same for the same seed and feature name.
 */
export function measureRobustness(input: RobustnessInput): Robustness {
  const { seed, features, nullable, rows, values, losses, encode, lossesOf } = input;
  const width = features.length;
  const sample = evenlySpaced(rows.length, ROW_LIMIT);
  const labels = pickRows(input.labels, sample);
  const sampled = Float32Array.from(pickRows(values, sample, width));
  const loss = mean(losses && pickRows(losses, sample));
  const withNulls = injectNulls(
    sample.map((row) => rows[row] as Row),
    nullable,
    seed,
  );
  const perturbed = mean(lossesOf(encode(withNulls), labels));
  const permutation = features.map((feature, column) => {
    const shuffled = mean(lossesOf(permuteColumn(sampled, width, column, `${seed} ${feature}`), labels));
    return { feature, increase: shuffled === null || loss === null ? null : shuffled - loss };
  });
  return {
    rows: sample.length,
    nulls: { columns: nullable, loss, perturbed, lost: shareLost(loss, perturbed) },
    permutation: permutation.sort((a, b) => (b.increase ?? 0) - (a.increase ?? 0)),
    timeShift: timeShift(losses),
  };
}

/** Rows with a tenth of each column's values set to null, drawn apart for each column. */
export function injectNulls(rows: readonly Row[], columns: readonly string[], seed: number): Row[] {
  const changed = rows.map((row) => ({ ...row }));
  for (const column of columns) {
    const random = seededRandom(`${seed} ${column}`);
    for (const row of changed) if (random.uniform() < NULL_SHARE) row[column] = null;
  }
  return changed;
}

/** The matrix with one column's values in another order: the column says nothing about its row any more. */
export function permuteColumn(
  values: Float32Array,
  width: number,
  column: number,
  seed: string,
): Float32Array<ArrayBuffer> {
  const random = seededRandom(seed);
  const permuted = Float32Array.from(values);
  for (let row = values.length / width - 1; row > 0; row--) {
    const [a, b] = [row * width + column, random.integer(0, row) * width + column];
    [permuted[a], permuted[b]] = [permuted[b] as number, permuted[a] as number];
  }
  return permuted;
}

function timeShift(losses: Float64Array | null): Robustness['timeShift'] {
  const middle = Math.floor((losses?.length ?? 0) / 2);
  const [older, newer] = [mean(losses?.subarray(0, middle)), mean(losses?.subarray(middle))];
  return { older, newer, lost: shareLost(older, newer) };
}

function mean(losses: Float64Array | null | undefined): number | null {
  return losses && losses.length > 0 ? meanWithError(losses).mean : null;
}

/** Nothing is lost where nothing changes; a loss of 0 has no share. */
function shareLost(before: number | null, after: number | null): number | null {
  if (before === null || after === null) return null;
  if (before === after) return 0;
  return before > 0 ? (after - before) / before : null;
}
