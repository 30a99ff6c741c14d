import type { ObjectPointer } from './records.ts';

/** Who answered, or was asked beside; `pinned` is a version that the caller asked for by its number. */
export type Variant = 'champion' | 'canary' | 'shadow' | 'pinned';

/** Upper bounds of the latency buckets, milliseconds, and one bucket more above the last: 0.25 ms to about 8 s. */
export const LATENCY_BOUNDS: readonly number[] = Array.from(
  { length: 31 },
  (_, index) => 0.25 * 2 ** (index / 2),
);

/** Bins that scores are counted in, see `scoreBin`. */
export const SCORE_BINS = 20;

/** What a version did in one stage of a rollout; counters that only grow, and add up over instances. */
export interface ServedCounts {
  readonly requests: number;
  readonly rows: number;
  /** Requests that it could not answer: its bundle did not load, or its scores were none. */
  readonly errors: number;
  /** Comparable requests by what scoring them took, see `assignRows`; LATENCY_BOUNDS.length + 1 buckets. */
  readonly latency: readonly number[];
  /** Rows by score, SCORE_BINS bins. */
  readonly scores: readonly number[];
}

/** Counts of the two that are compared. */
export interface RolloutCounts {
  readonly champion: ServedCounts;
  readonly candidate: ServedCounts;
}

/** What one warm instance was doing lately. */
export interface InstanceUsage {
  readonly instance: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Length of the time it tells of. */
  readonly seconds: number;
  readonly requests: number;
  /** Seconds of it in which a request was in flight, summed over requests. */
  readonly busySeconds: number;
}

/** A scoring of a whole dataset version. */
export interface Batch {
  readonly model: string;
  readonly batchId: string;
  readonly status: 'running' | 'succeeded' | 'failed' | 'cancelled';
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  /** Of a batch that was resumed: the last time. */
  readonly resumed?: { readonly by: string; readonly at: string };
  /** The model version that scores. */
  readonly version: number;
  readonly dataset: string;
  readonly datasetVersion: number;
  /** The execution that works, or worked last. */
  readonly execution: string;
  readonly rows: number;
  /** Pieces of work: row ranges of parts; 0 until it is planned. */
  readonly chunks: number;
  /** Where its output is, in the store: `batches/<model>/<batchId>/`. */
  readonly output: string;
  /** Of a batch that succeeded: its manifest, which names every output with its hash. */
  readonly manifest?: ObjectPointer;
  /** Of a batch that succeeded: rows without a prediction, because the model does not take them. */
  readonly refused?: number;
  /** Of a batch that succeeded: columns that drifted from the version's baseline, see `inputs` of its manifest. */
  readonly drifted?: readonly string[];
  readonly error?: { readonly name: string; readonly message: string };
}
