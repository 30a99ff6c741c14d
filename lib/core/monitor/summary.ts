import type { ColumnProfile } from '../drift/index.ts';
import type { Row } from '../expression/index.ts';
import type { Prediction } from '../serve/answer.ts';

/**
 * What a window, or a part of one, comes to. Plain JSON. Summaries of parts that share no row merge into the one of the
 * whole, to the last bit and in any order: every field is a count, an exact sum, or the rows of smallest hash.
 */
export interface WindowSummary {
  /** Answered rows, each id once; shadows' are not counted. */
  readonly rows: number;
  /** Version -> rows that it answered, ascending. */
  readonly versions: Readonly<Record<string, number>>;
  /** When the newest was answered, ISO 8601, UTC; null without rows. */
  readonly newest: string | null;
  /** Rows whose inputs have every compared column: what `columns` is about. */
  readonly compared: number;
  /** Over the baseline's bins, in the baseline's order. */
  readonly columns: readonly ColumnProfile[];
  /** Of what the champion answered, over the reference's bins; undefined where there is no reference. */
  readonly scores?: ColumnProfile;
  /** Compared columns whose values break what the dataset declares. */
  readonly quality: readonly ColumnQuality[];
  /** Milliseconds of scoring a request, by LATENCY_CUTS: counts.length is LATENCY_CUTS.length + 1. */
  readonly latency: readonly number[];
  /** The SAMPLE_ROWS rows answered by the watched version whose id has the smallest hash, by hash: the same whatever the parts. */
  readonly sample: readonly SampledRow[];
}

/** Rows of a column that its dataset would refuse. */
export interface ColumnQuality {
  readonly column: string;
  /** null where the column is not optional. */
  readonly nulls: number;
  /** Of another type. */
  readonly types: number;
  /** Outside the range, the pattern or the levels that the dataset declares. */
  readonly ranges: number;
}

export interface SampledRow {
  /** First 52 bits of the id's SHA-256, or any hash that is the same everywhere. */
  readonly hash: number;
  readonly inputs: Row;
  readonly prediction: Prediction;
}
