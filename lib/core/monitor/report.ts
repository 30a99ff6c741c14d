import type { ColumnDrift } from '../drift/column-drift.ts';
import type { ColumnShares } from '../drift/report.ts';
import type { FairnessEvaluation } from '../evaluate/fairness.ts';
import type { Estimate } from '../evaluate/interval.ts';
import type { ColumnQuality } from './summary.ts';

/**
 * What a window of predictions showed. `reports/<model>/windows/<version>/<from>..<to>/<revision>-<hash>.json`: its record names the newest.
 * Shares and counts, never rows; nothing of sensitive columns but their names.
 */
export interface WindowReport {
  readonly format: 2;
  readonly model: string;
  /** Whose training rows are the baseline: the champion. */
  readonly version: number;
  /** ISO 8601, UTC; included. */
  readonly from: string;
  /** Excluded. */
  readonly to: string;
  /** 1, and one more each time that other rows or other truth made another result. */
  readonly revision: number;
  /** When this revision was made, ISO 8601, UTC. */
  readonly asOf: string;
  /** Answered rows. */
  readonly rows: number;
  /** Rows compared with the baseline. */
  readonly compared: number;
  /** Rows that a window needs before it is judged. */
  readonly minRows: number;
  /** What a person reads first: at most one sentence a cause, the gravest first; empty when nothing needs attention. */
  readonly attention: readonly Attention[];
  readonly inputs: InputDrift;
  /** Against the window before, where that has rows over the same bins. */
  readonly before: { readonly from: string; readonly to: string; readonly inputs: InputDrift } | null;
  /** Of what the version answered; null where the version has no reference. */
  readonly predictions: ColumnDrift | null;
  /** Bins of `predictions`, then and now. */
  readonly predictionShares: ColumnShares | null;
  readonly attribution: AttributionDrift | null;
  readonly quality: DataQuality;
  /** Milliseconds of scoring a request; null without rows. */
  readonly latencyMs: { readonly p50: number; readonly p99: number } | null;
  /** What the version's metrics would be if its probabilities are right. AN ESTIMATE WITHOUT TRUTH; null where none can be made. */
  readonly estimate: PerformanceEstimate | null;
  /** Of declared groups (`gates.fairness`), without truth: who is selected. */
  readonly groups: readonly GroupSelection[];
  /** What is known since; null while there is no truth of this window. */
  readonly truth: WindowTruth | null;
}

export interface Attention {
  readonly cause:
    | 'drift'
    | 'prediction-drift'
    | 'attribution'
    | 'quality'
    | 'bias'
    | 'performance'
    | 'label-drift';
  /** A person's sentence, without a full stop's worth of jargon. */
  readonly text: string;
}

/** Drift of the inputs, each column and all of them. */
export interface InputDrift {
  /** The largest PSI of a column that drifted and matters; 0 when none, null when there are too few rows. What the alarm looks at. */
  readonly alarmPsi: number | null;
  /** Mean PSI of the columns, each by its weight (evenly where weights are not known); null without rows. */
  readonly overall: number | null;
  /** The largest PSI of any column, and whose. */
  readonly psi: number | null;
  readonly column: string | null;
  /** PSI from which a column has drifted. */
  readonly threshold: number;
  /** As `modelDrift` says, from the largest weight x PSI. */
  readonly drifted: readonly string[];
  readonly shifted: readonly string[];
  /** Of `drifted`, those too light to wake anybody. */
  readonly light: readonly string[];
  readonly columns: readonly (ColumnDrift & {
    /** Share of the model's attribution, 0 to 1, all columns together 1; null when it is not known. */
    readonly weight: number | null;
  })[];
  /** In the order of `columns`. */
  readonly profiles: readonly ColumnShares[];
  /** Columns that are not compared: the log has hashes of them, or nothing. */
  readonly sensitive: readonly string[];
}

/** How the ranking of features by mean |SHAP value| changed. */
export interface AttributionDrift {
  /** Of the window's ranking against the reference's, in [0, 1]; 1: the same. */
  readonly ndcg: number;
  /** Below it, the ranking has changed. */
  readonly threshold: number;
  readonly rows: number;
  /** By the reference's rank. Shares of all attribution. */
  readonly features: readonly { readonly feature: string; readonly before: number; readonly now: number }[];
}

export interface DataQuality {
  /** Values that their dataset would refuse, in all columns. */
  readonly violations: number;
  /** Violations a compared row from which they count: `monitor.invalid`. */
  readonly threshold: number;
  /** With a violation, the most violations first. */
  readonly columns: readonly ColumnQuality[];
  /** Share of compared rows that are missing, then and now, where it rose surely. */
  readonly missing: readonly { readonly column: string; readonly before: number; readonly now: number }[];
}

export interface PerformanceEstimate {
  /** CBPE of a binary model: Garcia, NannyML, 2021. */
  readonly method: 'confidence-based';
  readonly rows: number;
  /** The metric that the model is watched by (`watchedMetric`), where it is among `metrics`: of `WindowRecord.estimate`. */
  readonly watched: string | null;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface GroupSelection {
  /** The expression. */
  readonly by: string;
  /** Columns of the expression that the log does not keep; where there are any, nothing is known of the groups. */
  readonly missing: readonly string[];
  /** The group the others are compared with; undefined: none is large enough, or not the one that was named. */
  readonly reference: { readonly group: string | null } | null;
  /** Rows that the version answered. */
  readonly rows: number;
  /** Of them, those of groups that are not counted apart, see `GroupCounts`; absent where there are none. */
  readonly other?: number;
  readonly groups: readonly {
    readonly group: string | null;
    readonly rows: number;
    readonly selectionRate: Estimate;
    /** Against the reference group, lower to higher; null when there is none. */
    readonly disparateImpact: number | null;
    /** Surely below the declared bound. */
    readonly breached: boolean;
  }[];
}

export interface WindowTruth {
  /** ISO 8601, UTC: until when truth was taken. */
  readonly asOf: string;
  /** Rows of the version with truth. */
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** The metric that is watched, and how it stands against the evaluation's. */
  readonly watched: {
    readonly metric: string;
    readonly now: Estimate;
    readonly before: Estimate;
    /** How much worse, in the metric's unit, at least, with 99 % confidence; 0 when that is not more than `margin`. */
    readonly drop: number;
    /** How much worse may be, in the metric's unit: `gates.champion.margin` where that is of this metric, else 0. */
    readonly margin: number;
  } | null;
  /** Of the labels; null where the version has no reference. */
  readonly labels: ColumnDrift | null;
  /** Bins of `labels`, then and now. */
  readonly labelShares: ColumnShares | null;
  /** By declared group: rates with truth, as `evaluateFairness` gives them. */
  readonly groups: readonly FairnessEvaluation[];
}
