import type { ColumnProfile } from '../drift/index.ts';
import type { InputDrift } from '../monitor/report.ts';
import type { ObjectPointer } from '../registry/records.ts';

/** A dataset version that a batch reads. */
export interface BatchDataset {
  readonly dataset: string;
  readonly version: number;
  readonly manifest: ObjectPointer;
}

/** `plan.json`: what scores what. Made once, followed by every execution that works for the batch. */
export interface BatchPlan {
  readonly format: 1;
  readonly model: string;
  readonly batchId: string;
  readonly version: number;
  /** The model version's manifest. */
  readonly bundle: ObjectPointer;
  /** The scored dataset first, then the joined ones: their newest versions when the plan was made. */
  readonly datasets: readonly BatchDataset[];
  readonly rows: number;
  /** `chunks.json`: an array of `Chunk`. */
  readonly chunks: ObjectPointer;
}

/** `<chunk's name>.json`: a chunk that is done, beside its output. */
export interface ScoredChunk {
  readonly rows: number;
  /** Rows that the model does not take: their predictions are null, and `error` says why. */
  readonly refused: number;
  readonly file: ObjectPointer;
  /** Of the function that scored it. */
  readonly codeVersion: string;
  /** Of its rows over the version's baseline; none in chunks that were done before there were any, nor in `manifest.json`. */
  readonly profiles?: readonly ColumnProfile[];
}

/** `manifest.json`: a batch that is done. */
export interface BatchManifest extends Omit<BatchPlan, 'chunks'> {
  readonly refused: number;
  /** In the order of the dataset version's rows. */
  readonly outputs: readonly ScoredChunk[];
  /** Of all its rows against the version's baseline; none where a chunk has no profiles. */
  readonly inputs?: InputDrift;
}

/** `batches/<model>/<batchId>/`: where everything of a batch is. */
export function batchPrefix({
  model,
  batchId,
}: {
  readonly model: string;
  readonly batchId: string;
}): string {
  return `batches/${model}/${batchId}/`;
}
