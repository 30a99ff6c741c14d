import type { Estimate } from '../evaluate/interval.ts';
import type { NonInferiority } from '../evaluate/non-inferiority.ts';
import type { ModelVersion, Run } from '../registry/records.ts';
import type { ModelSpec } from '../spec/model.ts';

/** What is known of one side of a comparison: a model version, or a run that made none. Plain JSON. */
export interface RunFacts {
  /** `flights-late@2`, or the run's id. */
  readonly name: string;
  readonly model: string;
  readonly version: number | null;
  readonly runId: string;
  readonly status: Run['status'] | ModelVersion['status'];
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** As it was deployed; null for a run that made no version. */
  readonly spec: ModelSpec | null;
  readonly specHash: string | null;
  readonly codeVersion: string | null;
  /** Library -> version. */
  readonly libraries: Readonly<Record<string, string>>;
  /** Dataset -> version. */
  readonly datasets: Readonly<Record<string, number>>;
  readonly seed: number | null;
  /** The instant that ages were judged by. */
  readonly asOf: string | null;
  readonly algorithm: string | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly rounds: number | null;
  /** On the test rows; without an evaluation the values alone. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly testRows: number | null;
  /** How it did against the champion of its time, on the same rows. */
  readonly champion: { readonly version: number; readonly nonInferiority: NonInferiority | null } | null;
  /** Seconds. */
  readonly took: number | null;
  readonly costUsd: number | null;
}
