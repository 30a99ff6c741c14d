import type { Problem } from '#core/data/report.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { ModelVersion, Run, RunProgress } from '#core/registry/records.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import type { InputDescription } from '#core/serve/describe-inputs.ts';
import type { TruthSummary } from '#core/serve/summarise-truth.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import type { BatchProgress } from '../pipelines/control-batches.ts';
import type { TrainingRecord } from '../pipelines/train-version.ts';

export interface ModelSummary {
  readonly model: string;
  readonly champion: number | null;
  readonly rev: number;
  readonly changedAt: string | null;
  readonly latest: number | null;
  /** Of the latest version. */
  readonly metrics: Readonly<Record<string, number>> | null;
}

export interface ModelDetails extends ModelSummary {
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  /** What a request brings; null without a champion. */
  readonly input: InputDescription | null;
}

/** Where a drop was put. */
export interface DroppedFile {
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
}

/** What became of a drop: a dataset version (an older one when it held the same content), or a rejection. */
export type DropOutcome =
  | { readonly version: number; readonly rows: number; readonly duplicate: boolean }
  | { readonly reportKey: string; readonly rules: readonly string[] };

/** What is wrong with a rejected drop. */
export interface RejectionReport {
  readonly dataset: string;
  readonly source: string;
  readonly rejectedAt: string;
  readonly rows: number | null;
  readonly problems: readonly Problem[];
}

export interface LogLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly message: string;
}

/** A run's whole record and how far it is. */
export interface RunDetails extends Run {
  readonly progress?: RunProgress | null;
}

/** What a batch is asked with. */
export interface BatchOptions {
  readonly dataset: string;
  /** @default the newest */
  readonly datasetVersion?: number;
  /** Of the model. @default the champion */
  readonly version?: number;
  readonly reason?: string;
}

/** A batch and how far it is. */
export interface BatchDetails extends Batch {
  readonly progress: BatchProgress;
}

/** What a training is asked with. */
export interface TrainingOptions {
  readonly reason?: string;
  /** ISO 8601, UTC. @default when it starts */
  readonly asOf?: string;
  /** Settings of the spec changed for this training, by path: `{"algorithm.rounds": 5}`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The version to train again and compare. */
  readonly reproduce?: number;
}

/** The run that answers a request. Whether it trains, waits or is merged into another shows in its record. */
export interface AcceptedRun {
  readonly runId: string;
  readonly status: Run['status'];
}

/** A version with its bundle's manifest and what it was trained and judged with. */
export interface VersionDetails extends ModelVersion {
  readonly bundle: ModelManifest;
  readonly training: TrainingRecord;
  readonly evaluation: VersionEvaluation;
}

/** What `monitor-model` found out about truth. */
export interface TruthReport extends TruthSummary {
  readonly model: string;
  /** Until when truth was taken, ISO 8601, UTC. */
  readonly asOf: string;
  /** The predictions that were looked at. */
  readonly from: string;
  readonly to: string;
}

/** An alarm of CloudWatch. */
export interface AlarmState {
  readonly alarm: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** When it came into this state, ISO 8601, UTC. */
  readonly since: string;
  /** Why it is in this state, as CloudWatch says it. */
  readonly reason: string;
  /** What it means and what to do. */
  readonly description: string;
}
