import { type Counts, countMetrics as countInLog } from '#adapters/cloudwatch/count-metrics.ts';
import type { MetricDimensions, ModelMetric } from '#core/monitor/metric-names.ts';
import { variable } from './resources.ts';

const dimensionsOf = (model: string): MetricDimensions => ({
  Environment: variable('ENVIRONMENT'),
  Model: model,
});

/** Values of a model as of a run, for CloudWatch's PutMetricData; nothing where there is none. */
export function metricsOf(
  { model, asOf }: { readonly model: string; readonly asOf: string },
  figures: Partial<Record<ModelMetric, number | null | undefined>>,
): readonly object[] {
  const Dimensions = Object.entries(dimensionsOf(model)).map(([Name, Value]) => ({ Name, Value }));
  return Object.entries(figures).flatMap(([MetricName, Value]) =>
    typeof Value === 'number' ? [{ MetricName, Value, Timestamp: asOf, Dimensions }] : [],
  );
}

/** Adds counts to a model's metrics, through a line of the log. */
export const countMetrics = (model: string, counts: Counts): void => countInLog(dimensionsOf(model), counts);
