import type { ColumnProfile } from '#core/drift/index.ts';
import type { Value } from '#core/expression/index.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Split } from '#core/training/training-query.ts';
import type { EncodedRows } from '#core/training/training-sets.ts';

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
  /**
   * The rows from this instant on are the test rows, whatever their share, and validation is its share of the rest.
   * ISO 8601. @default the spec's share
   */
  readonly testFrom?: string;
}

/** Which labelled rows are counted. */
export interface LabelQuestion {
  readonly model: ModelSpec;
  /** Local files of the parts of the model's dataset, oldest first. */
  readonly parts: readonly string[];
  /** Only rows after it, ISO 8601. @default all that the model may learn from */
  readonly after?: string;
  /** How many of the newest `newestFrom` is asked for, 1 or more. @default 1 */
  readonly newest?: number;
}

/** When labelled rows happened; instants are ISO 8601 in UTC to the millisecond, null where there is no such row. */
export interface LabelSurvey {
  readonly rows: number;
  readonly from: string | null;
  readonly to: string | null;
  /** From it on (included) there are at least `newest` rows, and no fewer instants would do. */
  readonly newestFrom: string | null;
}

/** The labelled rows of a split. */
export interface SplitSummary {
  readonly rows: number;
  /** First and last time, ISO 8601 in UTC. */
  readonly from: string;
  readonly to: string;
  /** Binary: how many rows are positive. */
  readonly positives?: number;
  /** Multiclass: class -> rows. */
  readonly classes?: Readonly<Record<string, number>>;
  /** Regression: mean and sample standard deviation of the labels. */
  readonly mean?: number;
  readonly sd?: number;
}

/** What preparation found. Plain JSON. */
export interface Preparation {
  readonly splits: Readonly<Record<Split, SplitSummary>>;
  /** Multiclass: what the model tells apart, the classes of the train rows by name (code point). */
  readonly classes?: readonly string[];
  /**
   * Multiclass: the classes that came up only after the train rows. A model that is trained today cannot answer
   * them, so their rows are in no file and no count but this one.
   */
  readonly unseen?: {
    readonly classes: number;
    readonly rows: { readonly validation: number; readonly test: number };
  };
  /** In the spec's order: the share of each split's rows, 0 to 1, that found a row of the joined dataset. */
  readonly joins: readonly { readonly dataset: string; readonly matched: Readonly<Record<Split, number>> }[];
  /** Feature name -> levels learned from the training and validation rows, most frequent first. */
  readonly levels: Readonly<Record<string, readonly string[]>>;
  /** Raw inputs of the training and validation rows: what drift is measured against. */
  readonly baseline: readonly ColumnProfile[];
  readonly engine: string;
}

/** Joins, labels, splits and profiles. */
export interface Preparer {
  /**
   * @throws NotFeasibleError when a dataset has no parts, labelled rows are too few, a split has one label only,
   * the train rows have more than 1000 classes, or a label is negative where the loss takes none
   */
  prepare(request: PreparationRequest): Promise<Preparation>;
  /** Counts labelled rows without preparing them. @throws NotFeasibleError when there are no parts */
  surveyLabels(question: LabelQuestion): Promise<LabelSurvey>;
}

/** Columns of a prepared file; a timestamp is epoch milliseconds. */
export interface Columns {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly Value[]>>;
}

/** Rows of a split as a trainer takes them, in their order. */
export type PreparedSets = Readonly<Record<Split | 'trainAndValidation', EncodedRows>>;

/** Reads prepared files. */
export interface PreparedReader {
  readColumns(file: string): Promise<Columns>;
  /**
   * A features file's splits, encoded as serving encodes. `trainAndValidation` is the memory of both, and all
   * of it is shared memory: a worker has it without a copy.
   * @throws TypeError when the file lacks a column or holds a class that the signature does not: it is of
   * another model
   */
  readSets(file: string, signature: Signature): Promise<PreparedSets>;
}
