import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  SingleValueWidget,
  Stats,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import { deliverySeconds, type ModelServing } from './model-serving.ts';
import type { Notifications } from './notifications.ts';
import { physicalName } from './physical-name.ts';
import { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

/** EventBridge Scheduler and CloudWatch count in whole minutes. */
const MINUTE = 60;
/** An alarm looks back no further. */
const LONGEST_PERIOD = 86_400;

/** What runs is looked at as closely as CloudWatch can. */
const LIVE = Duration.minutes(1);

export interface ModelMonitoringProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly serving: ModelServing;
  readonly notifications: Notifications;
  /** Name -> pipelines whose running executions the dashboard shows, beside this one. */
  readonly pipelines: Readonly<Record<string, Pipeline>>;
}

/** `monitor-model` on schedule, the drift alarm and the dashboard of one model. */
export class ModelMonitoring extends Construct {
  readonly pipeline: Pipeline;
  readonly driftAlarm: Alarm;

  constructor(scope: Construct, id: string, props: ModelMonitoringProps) {
    super(scope, id);
    const { environment, model, spec, storage, notifications } = props;
    const seconds = Math.max(
      MINUTE,
      Math.round(durationSeconds(model.monitor.every) / environment.pace / MINUTE) * MINUTE,
    );
    const period = Duration.seconds(Math.min(seconds, LONGEST_PERIOD));
    this.pipeline = this.#pipeline(environment, model, spec, storage);
    new Schedule(this, 'Every', {
      scheduleName: physicalName(environment, 'monitor', { model: model.name }),
      description: `Looks at the newest predictions of ${model.name}`,
      schedule: ScheduleExpression.rate(Duration.seconds(seconds)),
      target: new StepFunctionsStartExecution(this.pipeline.machine, {}),
    });
    const drift = this.#metric('DriftPsi', model.name, period);
    this.driftAlarm = new Alarm(this, 'Drift', {
      alarmName: `leeboard-${environment.name}-${model.name}-drift`,
      alarmDescription:
        `The inputs of ${model.name} no longer look like the data it was trained on: the largest PSI of a column is at ` +
        `least ${model.monitor.psi}. Look at the newest report under reports/${model.name}/ in the store; if the change ` +
        `is real, train again: npx leeboard train ${model.name}`,
      metric: drift,
      threshold: model.monitor.psi,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // No predictions, no news: a quiet night must neither raise nor clear the alarm.
      treatMissingData: TreatMissingData.IGNORE,
    });
    this.driftAlarm.addAlarmAction(notifications.action);
    this.driftAlarm.addOkAction(notifications.action);
    this.#dashboard(props, drift, period);
  }

  #pipeline(environment: Environment, model: ModelSpec, spec: SpecAsset, storage: Storage): Pipeline {
    const look = (id: string, handler: string) => {
      const lambda = new LeeboardFunction(this, id, {
        environment,
        handler,
        model: model.name,
        memoryMb: 2048,
        timeoutSeconds: 300,
        variables: {
          MODEL: model.name,
          STORE_BUCKET: storage.store.bucketName,
          REGISTRY_TABLE: storage.registry.tableName,
          DELIVERY_SECONDS: String(deliverySeconds(environment)),
          ...spec.variables,
        },
      });
      spec.grantRead(lambda);
      storage.grantReadStore(lambda, `predictions/${model.name}/`);
      storage.grantWriteStore(lambda, `reports/${model.name}/`);
      return lambda;
    };
    const monitorModel = look('MonitorModelFunction', 'monitor-model');
    storage.grantReadStore(monitorModel, `models/${model.name}/`);
    storage.grantReadRegistry(monitorModel);
    const joinTruth = look('JoinTruth', 'join-truth');
    storage.grantReadStore(joinTruth, `truth/${model.name}/`);
    const pipeline = new Pipeline(this, 'MonitorModel', {
      environment,
      definition: 'monitor-model',
      model: model.name,
      functions: { MonitorModel: monitorModel, JoinTruth: joinTruth },
      bus: storage.bus,
      values: { Model: model.name },
    });
    pipeline.role.addToPolicy(
      new PolicyStatement({
        actions: ['cloudwatch:PutMetricData'],
        resources: ['*'], // the action has no resources; the namespace is what narrows it
        conditions: { StringEquals: { 'cloudwatch:namespace': 'Leeboard' } },
      }),
    );
    return pipeline;
  }

  #metric(metricName: string, model: string, period: Duration, statistic: string = Stats.MAXIMUM): Metric {
    return new Metric({
      namespace: 'Leeboard',
      metricName,
      dimensionsMap: { Model: model },
      period,
      statistic,
    });
  }

  #dashboard(
    { environment, model, serving, storage, pipelines }: ModelMonitoringProps,
    drift: IMetric,
    period: Duration,
  ): void {
    const predict = serving.predict;
    new Dashboard(this, 'Dashboard', {
      dashboardName: `leeboard-${environment.name}-${model.name}`,
      widgets: [
        [
          new TextWidget({
            markdown:
              `# ${model.name}\nPredicts \`${model.label}\` from dataset ${model.from.name}. Drift is the largest population ` +
              `stability index of an input column; at ${model.monitor.psi} the alarm rings. Reports: ` +
              `\`s3://${storage.store.bucketName}/reports/${model.name}/\``,
            width: 24,
            height: 3,
          }),
        ],
        [
          new GraphWidget({
            title: 'Drift (largest PSI beyond sampling noise, 0: none)',
            left: [drift],
            leftAnnotations: [{ value: model.monitor.psi, label: 'drift', color: '#d62728' }],
            width: 12,
          }),
          new GraphWidget({
            title: 'Requests and errors',
            left: [predict.metricInvocations({ period }), predict.metricErrors({ period })],
            width: 12,
          }),
        ],
        [
          new GraphWidget({
            title: 'Latency of predictions, ms',
            left: ['p50', 'p99'].map((statistic) =>
              predict.metricDuration({ period, statistic, label: statistic }),
            ),
            width: 12,
          }),
          new SingleValueWidget({
            title: 'Predictions in the last window',
            metrics: [this.#metric('MonitoredPredictions', model.name, period, Stats.MAXIMUM)],
            width: 12,
          }),
        ],
        [
          new GraphWidget({
            title: 'Predictions in flight, and those that found no room',
            left: [predict.metric('ConcurrentExecutions', { period: LIVE, statistic: Stats.MAXIMUM })],
            right: [predict.metricThrottles({ period: LIVE })],
            width: 12,
          }),
          new GraphWidget({
            title: 'Pipelines running, of those started since the left edge',
            left: Object.entries(pipelines).map(([name, pipeline]) => running(name, pipeline)),
            width: 12,
          }),
        ],
      ],
    });
  }
}

/**
 * Executions of a pipeline that run: those started less those ended, summed up from the graph's left edge, as CloudWatch
 * counts both and not what runs. https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
 */
function running(name: string, { machine }: Pipeline): MathExpression {
  const id = name.replaceAll('-', '_');
  const counts = {
    started: machine.metricStarted({ period: LIVE }),
    succeeded: machine.metricSucceeded({ period: LIVE }),
    failed: machine.metricFailed({ period: LIVE }),
    aborted: machine.metricAborted({ period: LIVE }),
    timed_out: machine.metricTimedOut({ period: LIVE }),
  };
  const metrics = Object.fromEntries(
    Object.entries(counts).map(([what, metric]) => [`${id}_${what}`, metric]),
  );
  const [started, ...ended] = Object.keys(metrics).map((metric) => `FILL(${metric}, 0)`);
  return new MathExpression({
    expression: `RUNNING_SUM(${[started, ...ended].join(' - ')})`,
    usingMetrics: metrics,
    label: name,
    period: LIVE,
  });
}
