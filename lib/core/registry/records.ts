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
  /**
   * `claimed`: the number is taken, its bundle not yet whole; `refused`: a gate did not let it pass; `waiting`: it passed
   * them, and a person has to approve it; `rejected`: a person said no; `expired`: nobody said anything in time.
   */
  readonly status: 'claimed' | 'registered' | 'refused' | 'waiting' | 'approved' | 'rejected' | 'expired';
  /** Dataset name -> version it was trained on. */
  readonly datasets: Readonly<Record<string, number>>;
  readonly specHash: string;
  readonly metrics?: Readonly<Record<string, number>>;
  /** Absent while `claimed`. */
  readonly manifest?: ObjectPointer;
  /** What the gates said, a sentence each, refusals first. */
  readonly verdict?: readonly string[];
  /** Of a version that a person has, or had, to approve. */
  readonly approval?: Approval;
}

/** What a person was asked, and what they said. */
export interface Approval {
  /** ISO 8601, UTC. */
  readonly requestedAt: string;
  /** From then on nobody can approve it. ISO 8601, UTC. */
  readonly expiresAt: string;
  /** Of the manifest that is to be approved, which names the hash of every other file. */
  readonly sha256: string;
  /** The champion of its evaluation; null: there was none. */
  readonly comparedWith: number | null;
  readonly decided?: {
    readonly decision: 'approved' | 'rejected';
    readonly by: string;
    /** ISO 8601, UTC. */
    readonly at: string;
    readonly reason: string;
  };
}

/** Who wants a training, when and why, and what differs from the spec in it. */
export interface TrainingRequest {
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly reason: string;
  /** ISO 8601, UTC. Absent: when the training starts. */
  readonly asOf?: string;
  /** Settings of the spec changed for this training, by path: `{"algorithm.rounds": 5}`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The version to train again and compare. */
  readonly reproduce?: number;
  /** The run to go on with from its failed step. */
  readonly resume?: string;
}

/** A request and the execution that brought it: an execution asks for one training, however often it says so. */
export interface BroughtRequest extends TrainingRequest {
  readonly execution: string;
}

/** One step's function at work. */
export interface RunStep {
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly memoryMb: number;
}

/** One run of a pipeline: an execution, and those that resumed it. */
export interface Run {
  readonly model: string;
  readonly runId: string;
  readonly pipeline: 'train-model' | 'monitor-model';
  /** `waiting`: for the training before it; `merged`: another run trains for it; the last two: of a reproduction. */
  readonly status:
    | 'waiting'
    | 'running'
    | 'succeeded'
    | 'refused'
    | 'failed'
    | 'cancelled'
    | 'merged'
    | 'reproduced'
    | 'differs';
  /** Of its first execution; never changes. */
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly by: string;
  /** Name of the execution that did, or does, the work. */
  readonly execution?: string;
  /** The lease's, see `TrainingLease`. */
  readonly token?: number;
  readonly asOf?: string;
  /** All who asked for it. */
  readonly requests?: readonly BroughtRequest[];
  readonly set?: Readonly<Record<string, unknown>>;
  /** The version that it trains again. */
  readonly reproduce?: number;
  /** The run that trains for this one. */
  readonly mergedInto?: string;
  readonly cancelled?: { readonly by: string; readonly at: string };
  readonly specHash?: string;
  readonly codeVersion?: string;
  /** Dataset name -> version. */
  readonly datasets?: Readonly<Record<string, number>>;
  /** Kind of the algorithm. */
  readonly algorithm?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly rounds?: number;
  readonly trials?: {
    readonly asked: number;
    readonly completed: number;
    readonly pruned: number;
    readonly failed: number;
  };
  readonly steps?: readonly RunStep[];
  /** Estimate of what its functions cost, US dollars. */
  readonly costUsd?: number;
  readonly artifacts?: Readonly<Record<string, ObjectPointer>>;
  readonly version?: number;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly error?: { readonly name: string; readonly message: string };
  /** What the gates said, a sentence each, refusals first. */
  readonly verdict?: readonly string[];
}

/** How far a run is, now. */
export interface RunProgress {
  readonly state: string;
  /** Of `total` units of the state: rounds, trials, rows. */
  readonly done: number;
  readonly total: number;
  readonly metric?: { readonly name: string; readonly value: number; readonly best: number };
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** A training that waits for its turn: everybody who asked for the same settings. */
export interface WaitingTraining {
  /** The run it becomes. */
  readonly runId: string;
  /** The execution to start then. */
  readonly execution: string;
  readonly requests: readonly BroughtRequest[];
}

/** The training that may write. */
export interface LeaseHolder extends WaitingTraining {
  readonly token: number;
  /** `called`: the lease was handed over, its execution has not said that it runs. */
  readonly state: 'called' | 'training';
}

/** Who trains a model and who waits: one item a model. Free: no holder, and then nobody waits. */
export interface TrainingLease {
  readonly model: string;
  /** Counts changes, from 0 (nobody ever asked). */
  readonly rev: number;
  /** Counts holders: each holder's own is higher than all before. */
  readonly token: number;
  readonly holder: LeaseHolder | null;
  /** First come, first served. */
  readonly waiting: readonly WaitingTraining[];
}

/** What a writer must still hold for its write to count. */
export interface Fence {
  readonly model: string;
  readonly token: number;
}
