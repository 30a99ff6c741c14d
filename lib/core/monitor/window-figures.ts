import type { ModelMetric } from './metric-names.ts';
import type { WindowRecord } from './records.ts';
import type { WindowReport } from './report.ts';

/** What CloudWatch is told of a window; null: it is not known, or of too few rows. */
export function windowFigures(report: WindowReport): Partial<Record<ModelMetric, number | null>> {
  const { rows, compared, minRows, inputs, predictions, attribution, quality, groups, estimate } = report;
  return {
    MonitoredPredictions: rows,
    DriftPsi: inputs.alarmPsi,
    DriftOverall: compared >= minRows ? inputs.overall : null,
    PredictionPsi: predictions && rows >= minRows ? (predictions.drifted ? predictions.psi : 0) : null,
    AttributionNdcg: attribution?.ndcg ?? null,
    DataQualityViolations: quality.violations,
    BiasBreaches: groups.flatMap((of) => of.groups).filter(({ breached }) => breached).length,
    EstimatedPerformance: estimatedOf(estimate),
  };
}

/** What CloudWatch is told of the truth of a window; null: it is not known, or of too few rows. */
export function truthFigures(report: WindowReport): Partial<Record<ModelMetric, number | null>> {
  const truth = report.truth && report.truth.rows >= report.minRows ? report.truth : null;
  return {
    Performance: truth?.watched?.now.value ?? null,
    PerformanceDrop: truth?.watched?.drop ?? null,
    LabelPsi: truth?.labels ? (truth.labels.drifted ? truth.labels.psi : 0) : null,
  };
}

/** What the bus is told when a version does worse than it was judged to. */
export interface PerformanceDrop {
  readonly version: number;
  readonly metric: string;
  /** When it was judged, and now. */
  readonly before: number;
  readonly now: number;
  /** How much worse, at least. */
  readonly drop: number;
  /** With truth. */
  readonly rows: number;
  readonly window: { readonly from: string; readonly to: string; readonly revision: number };
}

/** @returns undefined when the truth of the window shows no drop */
export function performanceDrop({
  version,
  from,
  to,
  revision,
  truth,
}: WindowReport): PerformanceDrop | undefined {
  const { watched, rows = 0 } = truth ?? {};
  if (!watched?.drop) return undefined;
  const { metric, drop } = watched;
  const [before, now] = [watched.before.value as number, watched.now.value as number];
  return { version, metric, before, now, drop, rows, window: { from, to, revision } };
}

/** What the registry keeps of a report. */
export function recordedOf(
  report: WindowReport,
): Pick<
  WindowRecord,
  | 'rows'
  | 'alarmPsi'
  | 'overall'
  | 'drifted'
  | 'shifted'
  | 'predictionPsi'
  | 'ndcg'
  | 'performance'
  | 'estimate'
  | 'attention'
> {
  const { rows, inputs, predictions, attribution, truth, estimate, attention } = report;
  const { alarmPsi, overall, drifted, shifted } = inputs;
  return {
    rows,
    alarmPsi,
    overall,
    drifted,
    shifted,
    predictionPsi: predictions?.psi ?? null,
    ndcg: attribution?.ndcg ?? null,
    performance: truth?.watched ? performanceOf(truth.watched, truth.rows) : null,
    estimate: estimatedOf(estimate),
    attention: attention.map(({ cause }) => cause),
  };
}

function performanceOf(
  { metric, now }: NonNullable<NonNullable<WindowReport['truth']>['watched']>,
  rows: number,
): WindowRecord['performance'] {
  return { metric, value: now.value, low: now.low, high: now.high, rows };
}

/** The estimate of the metric that the model is watched by. */
function estimatedOf(estimate: WindowReport['estimate']): number | null {
  if (estimate === null || estimate.watched === null) return null;
  return estimate.metrics[estimate.watched] ?? null;
}
