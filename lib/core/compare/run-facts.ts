import type { Estimate } from '../evaluate/interval.ts';
import type { ModelVersion, Run } from '../registry/records.ts';
import type { LeaderboardEntry } from '../search/index.ts';
import type { ModelSpec } from '../spec/model.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';

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
  /** On the test rows; the values alone where nothing else was recorded. */
  readonly metrics: Readonly<Record<string, Estimate>>;
  readonly testRows: number | null;
  /** null for a run that was not evaluated, or left no version. */
  readonly evaluation: VersionEvaluation | null;
  /** The watched metric round by round, on train and validation rows. */
  readonly history: readonly {
    readonly round: number;
    readonly metric: string;
    readonly train?: number;
    readonly validation?: number;
  }[];
  /** Trials of the search, the best first. */
  readonly trials: readonly LeaderboardEntry[];
  /** Seconds. */
  readonly took: number | null;
  readonly costUsd: number | null;
}
