import type { Chunk } from '#core/batch/chunk.ts';
import type { ColumnProfile } from '#core/drift/index.ts';
import type { Value } from '#core/expression/index.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { LocalDataset } from './preparation.ts';

/** A row as a request would bring it: JSON values, a timestamp in ISO 8601. */
export type RawRow = Readonly<Record<string, string | number | boolean | null>>;

export interface ChunkScoring {
  readonly model: ModelSpec;
  /** Of the scored dataset the chunk's part alone, of the joined ones all parts. */
  readonly datasets: readonly LocalDataset[];
  readonly chunk: Pick<Chunk, 'from' | 'rows'>;
  /** Columns that the raw rows have. */
  readonly inputs: readonly string[];
  /** Columns of the scored dataset that the output begins with, as they are stored. */
  readonly kept: readonly string[];
  /** Columns that the output ends with; numbers are doubles. */
  readonly columns: readonly { readonly name: string; readonly type: 'number' | 'boolean' | 'text' }[];
  /** What the rows are profiled over. */
  readonly baseline: readonly ColumnProfile[];
  /** @returns rows x `columns`, in the rows' order */
  readonly score: (rows: readonly RawRow[]) => readonly (readonly Value[])[];
}

/** Reads a chunk's rows, joined as training joins them, and writes what is said of them, in their order. */
export interface ChunkScorer {
  /** @returns a Parquet file and how many rows it has; the same rows and cells give the same bytes */
  scoreChunk(scoring: ChunkScoring): Promise<{
    readonly rows: number;
    readonly output: Uint8Array;
    /** Of all rows, those that the model refuses included, over the baseline's bins. */
    readonly profiles: readonly ColumnProfile[];
  }>;
}
