/** The bytes a record stands for. */
export interface ObjectPointer {
  readonly key: string;
  readonly versionId: string;
  readonly size: number;
  readonly sha256: string;
}

/** One immutable version of a dataset. */
export interface DatasetVersion {
  readonly dataset: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly specHash: string;
  /** Rows of all parts. */
  readonly rows: number;
  readonly parts: number;
  /** The part that this version added. */
  readonly added: { readonly sha256: string; readonly rows: number; readonly source: string };
  readonly manifest: ObjectPointer;
}

/** A drop that was refused; the report names rules, columns, counts and row numbers. */
export interface Rejection {
  readonly dataset: string;
  readonly id: string;
  readonly rejectedAt: string;
  readonly source: string;
  readonly rules: readonly string[];
  readonly reportKey: string;
}

/** One immutable trained model. */
export interface ModelVersion {
  readonly model: string;
  readonly version: number;
  readonly createdAt: string;
  readonly runId: string;
  /** `claimed`: the number is taken, its bundle not yet whole; `refused`: a gate did not let it pass. */
  readonly status: 'claimed' | 'registered' | 'refused' | 'approved';
  /** Dataset name -> version it was trained on. */
  readonly datasets: Readonly<Record<string, number>>;
  readonly specHash: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Absent while `claimed`. */
  readonly manifest?: ObjectPointer;
  /** What the gates said, a sentence each. */
  readonly verdict?: readonly string[];
}

/** Which versions answer for a model. One item: roles change together. */
export interface Deployment {
  readonly model: string;
  /** Counts changes, from 0 (nothing deployed). */
  readonly rev: number;
  readonly champion: { readonly version: number; readonly manifest: ObjectPointer } | null;
  readonly changedAt: string;
}

/** Who changed what, when and why. */
export interface AuditRecord {
  readonly model: string;
  readonly rev: number;
  readonly at: string;
  readonly by: string;
  readonly action: 'promote';
  readonly from: number | null;
  readonly to: number;
  readonly reason: string;
}

/** A deployment change that must be stored whole or not at all. */
export interface DeploymentChange {
  readonly expectedRev: number;
  readonly next: Deployment;
  readonly audit: AuditRecord;
}

/** One execution of a pipeline. */
export interface Run {
  readonly model: string;
  readonly runId: string;
  readonly pipeline: 'train-model' | 'monitor-model';
  readonly status: 'running' | 'succeeded' | 'refused' | 'failed';
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly by: string;
  readonly version?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly error?: { readonly name: string; readonly message: string };
  readonly verdict?: readonly string[];
}
