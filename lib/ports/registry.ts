import type { WindowRecord } from '#core/monitor/records.ts';
import type { AuditRecord, Deployment, DeploymentChange } from '#core/registry/deployment-records.ts';
import type {
  DatasetVersion,
  Fence,
  ModelVersion,
  Rejection,
  Run,
  RunProgress,
  TrainingLease,
} from '#core/registry/records.ts';
import type { Batch, InstanceUsage, RolloutCounts } from '#core/registry/serving-records.ts';
import type { Decision, RetrainingLoop } from '#core/retrain/records.ts';

/** Newest first, at most `limit`. */
export interface Page {
  readonly limit: number;
}

/** What is known of datasets. */
export interface DatasetRegistry {
  latestDatasetVersion(dataset: string): Promise<DatasetVersion | undefined>;
  datasetVersion(dataset: string, version: number): Promise<DatasetVersion | undefined>;
  datasetVersions(dataset: string, page: Page): Promise<DatasetVersion[]>;
  /** The newest version that added a part with this content. */
  versionOfPart(dataset: string, partSha256: string): Promise<number | undefined>;
  /**
   * Version n+1 follows n: all or nothing, and its part is known to be in it from then on.
   * @throws ConflictError when that number is taken
   */
  addDatasetVersion(version: DatasetVersion): Promise<void>;
  recordRejection(rejection: Rejection): Promise<void>;
  rejections(dataset: string, page: Page): Promise<Rejection[]>;
}

/**
 * What is known of models. A write with a `fence` happens only while the lease is held with that token, checked in
 * the same transaction. @throws LeaseLostError when it is not
 */
export interface ModelRegistry {
  models(): Promise<string[]>;
  modelVersion(model: string, version: number): Promise<ModelVersion | undefined>;
  modelVersions(model: string, page: Page): Promise<ModelVersion[]>;
  /**
   * Takes the next number for a run; the same run always gets the same number.
   * @returns the record, `claimed` or as it became since
   */
  claimModelVersion(claim: Omit<ModelVersion, 'version' | 'status'>, fence?: Fence): Promise<ModelVersion>;
  /** Replaces a version's record. @throws ConflictError when its status is not `from` */
  updateModelVersion(version: ModelVersion, from: ModelVersion['status'], fence?: Fence): Promise<void>;
  deployment(model: string): Promise<Deployment | undefined>;
  /** Pointer, rev and audit record together. @throws ConflictError when `expectedRev` is stale */
  commitDeployment(change: DeploymentChange, fence?: Fence): Promise<Deployment>;
  /** Creates or replaces a run's record. @throws ConflictError when it began at another time */
  recordRun(run: Run, fence?: Fence): Promise<void>;
  run(model: string, runId: string): Promise<Run | undefined>;
  runs(model: string, page: Page): Promise<Run[]>;
  /** Replaces what is known of a run's progress. */
  recordProgress(model: string, runId: string, progress: RunProgress): Promise<void>;
  progress(model: string, runId: string): Promise<RunProgress | undefined>;
  lease(model: string): Promise<TrainingLease | undefined>;
  /** Models that a training was ever asked for, with and without versions. */
  leasedModels(): Promise<string[]>;
  /** Replaces the lease whose rev is one less. @throws ConflictError when that is stale */
  commitLease(next: TrainingLease): Promise<void>;
}

/** What is known of serving. */
export interface ServingRegistry {
  /** The deployment's changes, newest first. */
  audit(model: string, page: Page): Promise<AuditRecord[]>;
  /** Adds to the counters of a stage of a rollout; none are lost, however many add at once. */
  addServed(model: string, stage: StageName, counts: Partial<RolloutCounts>): Promise<void>;
  /** Zeroes for a stage that nobody was served in. */
  served(model: string, stage: StageName): Promise<RolloutCounts>;
  /** Replaces what is known of an instance. */
  recordUsage(model: string, usage: InstanceUsage): Promise<void>;
  /** Of instances that were heard of since `since`, ISO 8601. */
  usage(model: string, since: string): Promise<InstanceUsage[]>;
  /**
   * Creates or replaces a batch's record.
   * @param from the record that the writer read: a batch that failed and was resumed runs again, but in another execution
   * @throws ConflictError when status or execution is not `from`'s (undefined: there is no record)
   */
  recordBatch(batch: Batch, from: Pick<Batch, 'status' | 'execution'> | undefined): Promise<void>;
  batch(model: string, batchId: string): Promise<Batch | undefined>;
  /** Newest first. */
  batches(model: string, page: Page): Promise<Batch[]>;
}

/** What is known of windows of predictions. */
export interface WindowRegistry {
  /**
   * Creates or replaces a window's record.
   * @param fromRevision the revision that the writer read; undefined: there was none
   * @throws ConflictError when another writer was first
   */
  recordWindow(record: WindowRecord, fromRevision: number | undefined): Promise<void>;
  /** @param name its identity; the instants are ISO 8601, UTC */
  window(name: WindowName): Promise<WindowRecord | undefined>;
  /** Those that end last first; of one span, the newest version's. */
  windows(model: string, page: Page): Promise<WindowRecord[]>;
}

/** What is known of training again. */
export interface RetrainingRegistry {
  retraining(model: string): Promise<RetrainingLoop | undefined>;
  /**
   * Replaces the loop whose rev is one less, and the decisions that changed with it: all or nothing.
   * @throws ConflictError when that rev is stale
   */
  commitRetraining(next: RetrainingLoop, decisions: readonly Decision[]): Promise<void>;
  decision(model: string, number: number): Promise<Decision | undefined>;
  decisions(model: string, page: Page): Promise<Decision[]>;
}

export type WindowName = Pick<WindowRecord, 'model' | 'version' | 'from' | 'to'>;

/** A stage of a rollout. */
export interface StageName {
  /** The rollout's id. */
  readonly rollout: string;
  readonly stageIndex: number;
}

export type Registry = DatasetRegistry &
  ModelRegistry &
  ServingRegistry &
  WindowRegistry &
  RetrainingRegistry;
