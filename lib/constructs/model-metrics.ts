import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE, type MetricDimensions, type ModelMetric } from '#core/monitor/metric-names.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';

/** EventBridge Scheduler and CloudWatch count in whole minutes. */
const MINUTE = 60;
/** An alarm looks back no further. */
const LONGEST_PERIOD = 86_400;

/** What runs is looked at as closely as CloudWatch can. */
export const LIVE = Duration.minutes(1);

/** How often a model is monitored. */
export function monitoringInterval(environment: Environment, { monitor }: ModelSpec): Duration {
  const seconds = Math.round(durationSeconds(monitor.every) / environment.pace / MINUTE) * MINUTE;
  return Duration.seconds(Math.max(MINUTE, seconds));
}

/** The time in which one look of monitoring is to be expected, as long as an alarm may look. */
export function monitoringPeriod(environment: Environment, model: ModelSpec): Duration {
  return Duration.seconds(Math.min(monitoringInterval(environment, model).toSeconds(), LONGEST_PERIOD));
}

/** The time in which what callers meet is summed up: five minutes, or as short as an alarm of the pace may look. */
export function servicePeriod({ pace }: Environment): Duration {
  return Duration.seconds(Math.max(MINUTE, Math.round((5 * MINUTE) / pace / MINUTE) * MINUTE));
}

/** A metric of ours of one model in one environment. */
export function modelMetric(
  environment: Environment,
  model: string,
  metricName: ModelMetric,
  period: Duration,
  statistic: string = Stats.MAXIMUM,
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    dimensionsMap: { Environment: environment.name, Model: model } satisfies MetricDimensions,
    period,
    statistic,
  });
}
