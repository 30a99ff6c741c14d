import {
  Alarm,
  type AlarmProps,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ALARM_KINDS, type AlarmKind, ATTENTION, alarmName } from '#core/monitor/alarm-names.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { describeAlarm } from './alarm-meanings.ts';
import { LIVE, modelMetric, monitoringPeriod, servicePeriod } from './model-metrics.ts';
import type { Notifications } from './notifications.ts';

/** Fewer failures are no rate, however few requests there were: one of five may be chance. */
const FEWEST_FAILURES = 3;

const CONSTRUCT_IDS: Readonly<Record<AlarmKind, string>> = {
  drift: 'Drift',
  performance: 'Performance',
  quality: 'Quality',
  errors: 'Errors',
  latency: 'Latency',
  'no-traffic': 'NoTraffic',
  'training-failed': 'TrainingFailed',
  'monitoring-failed': 'MonitoringFailed',
  'truth-missing': 'TruthMissing',
};

/** What an alarm watches and when it rings. */
type Watch = Pick<AlarmProps, 'metric' | 'threshold' | 'comparisonOperator' | 'treatMissingData'> & {
  /** @default 1 */
  readonly evaluationPeriods?: number;
};

export interface ModelAlarmsProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly predict: IFunction;
  readonly notifications: Notifications;
}

export interface ModelAlarms {
  readonly alarms: Readonly<Record<AlarmKind, Alarm>>;
  /** Rings while any of them does. */
  readonly attention: CompositeAlarm;
}

/**
 * The alarms of one model, each on metrics that have the model or its function as dimension. Each tells people by itself;
 * the one that rings with any of them has no action, so that one cause is told once.
 * @param scope theirs, without a construct between: an alarm that moves in the tree is deleted under its own name
 */
export function addModelAlarms(scope: Construct, props: ModelAlarmsProps): ModelAlarms {
  const { environment, model, notifications } = props;
  const watches = watchesOf(props);
  const built = ALARM_KINDS.map((kind) => {
    const alarm = new Alarm(scope, CONSTRUCT_IDS[kind], {
      alarmName: alarmName(environment.name, model.name, kind),
      alarmDescription: describeAlarm(kind, model),
      evaluationPeriods: 1,
      ...watches[kind],
    });
    alarm.addAlarmAction(notifications.action);
    alarm.addOkAction(notifications.action);
    return [kind, alarm] as const;
  });
  const attention = new CompositeAlarm(scope, 'Attention', {
    compositeAlarmName: alarmName(environment.name, model.name, ATTENTION),
    alarmDescription: describeAlarm(ATTENTION, model),
    alarmRule: AlarmRule.anyOf(...built.map(([, alarm]) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM))),
  });
  return { alarms: Object.fromEntries(built) as Record<AlarmKind, Alarm>, attention };
}

function watchesOf({ environment, model, predict }: ModelAlarmsProps): Record<AlarmKind, Watch> {
  const { monitor, name } = model;
  const window = monitoringPeriod(environment, model);
  const period = servicePeriod(environment);
  // An expression gives its own period to what it is made of.
  const [requests, throttles] = [predict.metricInvocations(), predict.metricThrottles()];
  // No news, no change: a night without predictions, truth or trainings neither raises nor clears these alarms.
  const untilNews = TreatMissingData.IGNORE;
  return {
    drift: {
      metric: modelMetric(environment, name, 'DriftPsi', window),
      threshold: monitor.psi,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: untilNews,
    },
    performance: {
      metric: modelMetric(environment, name, 'PerformanceDrop', window),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: untilNews,
    },
    quality: {
      metric: new MathExpression({
        label: 'share that is not as declared',
        // Sums over lists have a value where any member has one: most requests count nothing. A refusal is counted
        // before its request is: hence the larger of both.
        expression: `MAX([violations / rows, IF(refused >= ${FEWEST_FAILURES}, refused / MAX([requests, refused]), 0)])`,
        usingMetrics: {
          violations: modelMetric(environment, name, 'DataQualityViolations', window),
          rows: modelMetric(environment, name, 'MonitoredPredictions', window),
          requests,
          refused: new MathExpression({
            expression: 'SUM([invalid, 0 * requests])',
            usingMetrics: {
              invalid: modelMetric(environment, name, 'InvalidRequests', window, Stats.SUM),
              requests,
            },
            period: window,
          }),
        },
        period: window,
      }),
      threshold: monitor.invalid,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: untilNews,
    },
    errors: {
      metric: new MathExpression({
        label: 'share without an answer',
        expression: `IF(failed >= ${FEWEST_FAILURES}, failed / SUM([requests, throttles]), 0)`,
        usingMetrics: {
          requests,
          throttles,
          failed: new MathExpression({
            expression: 'SUM([errors, throttles, faults])',
            usingMetrics: {
              throttles,
              errors: predict.metricErrors({ period, statistic: Stats.SUM }),
              faults: modelMetric(environment, name, 'ServerErrors', period, Stats.SUM),
            },
            period,
          }),
        },
        period,
      }),
      threshold: monitor.errors,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      // Who gave up asking has not been helped: an answer clears it.
      treatMissingData: untilNews,
    },
    latency: {
      metric: predict.metricDuration({ period, statistic: Stats.percentile(99) }),
      threshold: monitor.latencyMs,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      // Of few requests the slowest is the percentile: three periods in a row are no cold start.
      evaluationPeriods: 3,
      // Nobody asks, so nobody waits.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    },
    'no-traffic': {
      // The freshest look counts, and a model that was never asked has none.
      metric: modelMetric(environment, name, 'SecondsWithoutPrediction', window, Stats.MINIMUM),
      threshold: durationSeconds(monitor.silence),
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: untilNews,
    },
    'training-failed': {
      // It rings until a training ends well.
      metric: modelMetric(environment, name, 'TrainingFailed', LIVE),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: untilNews,
    },
    'monitoring-failed': {
      // It rings until a run ends well.
      metric: modelMetric(environment, name, 'MonitoringFailed', LIVE),
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: untilNews,
    },
    'truth-missing': {
      // Put only where truth is known; where it stopped coming, the last share stands.
      metric: modelMetric(environment, name, 'TruthJoinRate', window, Stats.MINIMUM),
      threshold: monitor.truth,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: untilNews,
    },
  };
}
