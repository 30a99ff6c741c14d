import type {
  DatasetVersion,
  Deployment,
  DeploymentChange,
  ModelVersion,
  Rejection,
  Run,
} from '#core/registry/records.ts';

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

/** What is known of models. */
export interface ModelRegistry {
  models(): Promise<string[]>;
  modelVersion(model: string, version: number): Promise<ModelVersion | undefined>;
  modelVersions(model: string, page: Page): Promise<ModelVersion[]>;
  /**
   * Takes the next number for a run; the same run always gets the same number.
   * @returns the record, `claimed` or as it became since
   */
  claimModelVersion(claim: Omit<ModelVersion, 'version' | 'status'>): Promise<ModelVersion>;
  /** Replaces a version's record. @throws ConflictError when its status is not `from` */
  updateModelVersion(version: ModelVersion, from: ModelVersion['status']): Promise<void>;
  deployment(model: string): Promise<Deployment | undefined>;
  /** Pointer, rev and audit record together. @throws ConflictError when `expectedRev` is stale */
  commitDeployment(change: DeploymentChange): Promise<Deployment>;
  /** Creates or replaces a run's record. */
  recordRun(run: Run): Promise<void>;
  runs(model: string, page: Page): Promise<Run[]>;
}

export type Registry = DatasetRegistry & ModelRegistry;
