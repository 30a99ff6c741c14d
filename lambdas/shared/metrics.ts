import type { ModelMetric } from '#core/monitor/metric-names.ts';

/** Values of a model as of a run, for CloudWatch's PutMetricData; nothing where there is none. */
export function metricsOf(
  { model, asOf }: { readonly model: string; readonly asOf: string },
  figures: Partial<Record<ModelMetric, number | null | undefined>>,
): readonly object[] {
  return Object.entries(figures).flatMap(([MetricName, Value]) =>
    typeof Value === 'number'
      ? [{ MetricName, Value, Timestamp: asOf, Dimensions: [{ Name: 'Model', Value: model }] }]
      : [],
  );
}
