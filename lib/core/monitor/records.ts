/** A window of predictions that was looked at, in the registry: one a model, version and span. The newest revision. */
export interface WindowRecord {
  readonly model: string;
  readonly version: number;
  /** ISO 8601, UTC; included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  /** From 1. A write is conditional on the one before. */
  readonly revision: number;
  /** Of the log's objects that have its rows, the settings and the version: the same content is the same result. */
  readonly contentSha256: string;
  /** Of the objects that might have had its rows, when it was looked at: while they are the same, so is the content. */
  readonly logSha256: string;
  /** Of the truth that the report has; null while it has none. */
  readonly truthSha256: string | null;
  /** The run that made this revision: what is tried again is fresh still. */
  readonly runId: string;
  readonly examinedAt: string;
  readonly rows: number;
  /** When the newest of them was answered, ISO 8601, UTC; null without rows. */
  readonly newest: string | null;
  /** As in `WindowReport.inputs`. */
  readonly alarmPsi: number | null;
  readonly overall: number | null;
  readonly drifted: readonly string[];
  readonly shifted: readonly string[];
  readonly predictionPsi: number | null;
  readonly ndcg: number | null;
  /** The watched metric with truth. */
  readonly performance: {
    readonly metric: string;
    readonly value: number | null;
    readonly low: number | null;
    readonly high: number | null;
    readonly rows: number;
  } | null;
  /** The same metric, estimated without truth. */
  readonly estimate: number | null;
  /** `Attention.cause`s. */
  readonly attention: readonly string[];
  readonly reportKey: string;
  readonly pageKey: string | null;
}
