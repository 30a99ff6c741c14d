import { type Counts, countMetrics as countInLog } from '#adapters/cloudwatch/count-metrics.ts';
import type { MetricDimensions, ModelMetric } from '#core/monitor/metric-names.ts';
import { variable } from './resources.ts';

const dimensionsOf = (model: string): MetricDimensions => ({
  Environment: variable('ENVIRONMENT'),
  Model: model,
});

/** CloudWatch takes no value that is older than two weeks; an hour of them is for what lies between here and there. */
const OLDEST_MS = 14 * 86_400_000 - 3_600_000;

/** Whether CloudWatch would refuse a figure of then. @param asOf ISO 8601, UTC */
export const isTooOld = (asOf: string): boolean => Date.now() - Date.parse(asOf) > OLDEST_MS;

/**
 * Values of a model as of a run, for CloudWatch's PutMetricData; nothing where there is none, and of a run that is as of so
 * long ago that CloudWatch would refuse them.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 */
export function metricsOf(
  { model, asOf }: { readonly model: string; readonly asOf: string },
  figures: Partial<Record<ModelMetric, number | null | undefined>>,
): readonly object[] {
  if (isTooOld(asOf)) return [];
  const Dimensions = Object.entries(dimensionsOf(model)).map(([Name, Value]) => ({ Name, Value }));
  return Object.entries(figures).flatMap(([MetricName, Value]) =>
    typeof Value === 'number' ? [{ MetricName, Value, Timestamp: asOf, Dimensions }] : [],
  );
}

/** Adds counts to a model's metrics, through a line of the log. */
export const countMetrics = (model: string, counts: Counts): void => countInLog(dimensionsOf(model), counts);
