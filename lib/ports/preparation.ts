import type { ColumnProfile } from '#core/drift/index.ts';
import type { Value } from '#core/expression/index.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Split } from '#core/training/training-query.ts';

/** A dataset version's parts as local files, oldest first. */
export interface LocalDataset {
  readonly dataset: string;
  readonly parts: readonly string[];
}

export interface PreparationRequest {
  readonly model: ModelSpec;
  readonly datasets: readonly LocalDataset[];
  /** Local path of the Parquet file with split, label and features of every labelled row. */
  readonly featuresFile: string;
  /** Local path of the Parquet file with label and raw columns of the test rows. */
  readonly testRowsFile: string;
}

/** What preparation found. Plain JSON. */
export interface Preparation {
  /** Labelled rows a split, how many of them are positive, and their first and last time (ISO 8601, UTC). */
  readonly splits: Readonly<Record<Split, { rows: number; positives: number; from: string; to: string }>>;
  /** Feature name -> levels learned from the training and validation rows, most frequent first. */
  readonly levels: Readonly<Record<string, readonly string[]>>;
  /** Raw inputs of the training and validation rows: what drift is measured against. */
  readonly baseline: readonly ColumnProfile[];
  readonly engine: string;
}

/** Joins, labels, splits and profiles. */
export interface Preparer {
  /** @throws NotFeasibleError when a dataset has no parts, labelled rows are too few, or a split has one class only */
  prepare(request: PreparationRequest): Promise<Preparation>;
}

/** Columns of a prepared file; a timestamp is epoch milliseconds. */
export interface Columns {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly Value[]>>;
}

/** Reads prepared files. */
export interface PreparedReader {
  readColumns(file: string): Promise<Columns>;
}
