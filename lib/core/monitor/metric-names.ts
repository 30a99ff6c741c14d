/** Where a model's metrics are in CloudWatch. */
export const METRIC_NAMESPACE = 'Leeboard';

/** Dimensions of a model's metrics: an account may hold several environments, each with a model of the same name. */
export interface MetricDimensions {
  readonly Environment: string;
  readonly Model: string;
}

/** Put by `monitor-model` of a window, where it has a value. */
export const WINDOW_METRICS = [
  /** `WindowReport.inputs.alarmPsi`. */
  'DriftPsi',
  /** `WindowReport.inputs.overall`. */
  'DriftOverall',
  /** PSI of what was answered; 0 unless that drifted. */
  'PredictionPsi',
  /** `AttributionDrift.ndcg`. */
  'AttributionNdcg',
  /** Rows that the dataset would refuse. */
  'DataQualityViolations',
  /** Groups that are surely below their bound. */
  'BiasBreaches',
  /** An estimate, without truth, of the metric that `Performance` is of. */
  'EstimatedPerformance',
  'MonitoredPredictions',
  /** Of the newest prediction's age; none for a model that was never asked. */
  'SecondsWithoutPrediction',
] as const;

/** Put by `monitor-model` of what became known since, where it has a value. */
export const TRUTH_METRICS = [
  /** The watched metric. */
  'Performance',
  /** How much worse than at evaluation it is for sure; 0 when it is not. */
  'PerformanceDrop',
  'LabelPsi',
  /** Share of the predictions that are old enough; none while no truth is known. */
  'TruthJoinRate',
  'TruthDelaySeconds',
  'TruthConflicts',
  'TruthUnknown',
] as const;

/** Counted by who answers, a line of the log a request, and nothing where there is nothing to count. */
export const REQUEST_METRICS = ['InvalidRequests', 'ServerErrors'] as const;

/** Put when a training ends: 1 when it failed, 0 when it did not. */
export const TRAINING_METRICS = ['TrainingFailed'] as const;

/** Put when a run of monitoring ends: 1 when it failed, 0 when it did not. */
export const MONITORING_METRICS = ['MonitoringFailed'] as const;

/** Every metric of a model that alarms and dashboards may look at. */
export type ModelMetric =
  | (typeof WINDOW_METRICS)[number]
  | (typeof TRUTH_METRICS)[number]
  | (typeof REQUEST_METRICS)[number]
  | (typeof TRAINING_METRICS)[number]
  | (typeof MONITORING_METRICS)[number];
