import { METRIC_NAMESPACE, type MetricDimensions } from '#core/monitor/metric-names.ts';

/** Metric name -> how many times it happened. */
export type Counts = Readonly<Record<string, number>>;

/**
 * Adds counts to a model's metrics in CloudWatch, through a line of the function's log: no call, so nothing that could
 * fail or wait. Written past `console`, whose prefix CloudWatch would not read.
 */
export function countMetrics(dimensions: MetricDimensions, counts: Counts): void {
  process.stdout.write(`${metricLine(dimensions, counts, Date.now())}\n`);
}

/**
 * A line in the embedded metric format: one metric a count, in the namespace Leeboard, with all dimensions together.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 * @param at epoch milliseconds
 */
export function metricLine(dimensions: MetricDimensions, counts: Counts, at: number): string {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }));
  const CloudWatchMetrics = [{ Namespace: METRIC_NAMESPACE, Dimensions: [Object.keys(dimensions)], Metrics }];
  return JSON.stringify({ _aws: { Timestamp: at, CloudWatchMetrics }, ...dimensions, ...counts });
}
