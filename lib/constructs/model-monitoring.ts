import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Schedule, ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import { addModelAlarms, type ModelAlarms } from './model-alarms.ts';
import { addModelDashboard } from './model-dashboard.ts';
import { monitoringInterval } from './model-metrics.ts';
import { deliverySeconds, type ModelServing } from './model-serving.ts';
import type { Notifications } from './notifications.ts';
import { physicalName } from './physical-name.ts';
import { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

export interface ModelMonitoringProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly serving: ModelServing;
  readonly notifications: Notifications;
  /** Name -> pipelines that the dashboard shows, beside this one. */
  readonly pipelines: Readonly<Record<string, Pipeline>>;
}

/** `monitor-model` on schedule, the alarms and the dashboard of one model. */
export class ModelMonitoring extends Construct {
  readonly pipeline: Pipeline;
  readonly alarms: ModelAlarms['alarms'];

  constructor(scope: Construct, id: string, props: ModelMonitoringProps) {
    super(scope, id);
    const { environment, model, spec, storage, notifications } = props;
    this.pipeline = this.#pipeline(environment, model, spec, storage);
    new Schedule(this, 'Every', {
      scheduleName: physicalName(environment, 'monitor', { model: model.name }),
      description: `Looks at the newest predictions of ${model.name}`,
      schedule: ScheduleExpression.rate(monitoringInterval(environment, model)),
      target: new StepFunctionsStartExecution(this.pipeline.machine, {}),
    });
    const { alarms, attention } = addModelAlarms(this, {
      environment,
      model,
      predict: props.serving.predict,
      notifications,
    });
    this.alarms = alarms;
    addModelDashboard(this, {
      ...props,
      pipelines: { ...props.pipelines, 'monitor-model': this.pipeline },
      alarms: [attention, ...Object.values(alarms)],
    });
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
}
