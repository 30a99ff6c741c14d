import type { ModelMetric } from '#core/monitor/metric-names.ts';

/** One value of a model, for CloudWatch's PutMetricData; nothing when there is none. */
export const metricOf =
  (model: string, asOf: string) =>
  (MetricName: ModelMetric, Value: number | null | undefined): readonly object[] =>
    typeof Value === 'number'
      ? [{ MetricName, Value, Timestamp: asOf, Dimensions: [{ Name: 'Model', Value: model }] }]
      : [];
