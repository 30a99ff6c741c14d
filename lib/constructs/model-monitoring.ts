import { Validations } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { StepFunctionsStartExecution } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import type { Engines } from './engines.ts';
import { addModelAlarms, type ModelAlarms } from './model-alarms.ts';
import { addModelDashboard } from './model-dashboard.ts';
import { monitoringInterval } from './model-metrics.ts';
import type { ModelServing } from './model-serving.ts';
import { monitorPipeline } from './monitor-pipeline.ts';
import type { Monitoring } from './monitoring.ts';
import type { Notifications } from './notifications.ts';
import { physicalName } from './physical-name.ts';
import type { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

export interface ModelMonitoringProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly serving: ModelServing;
  readonly notifications: Notifications;
  readonly shared: Monitoring;
  /** Name -> pipelines that the dashboard shows, beside this one. */
  readonly pipelines: Readonly<Record<string, Pipeline>>;
}

/** `monitor-model` on schedule, the alarms and the dashboard of one model. */
export class ModelMonitoring extends Construct {
  readonly pipeline: Pipeline;
  readonly alarms: ModelAlarms['alarms'];

  constructor(scope: Construct, id: string, props: ModelMonitoringProps) {
    super(scope, id);
    const { environment, model, notifications } = props;
    this.pipeline = monitorPipeline(this, props);
    new Schedule(this, 'Every', {
      scheduleName: physicalName(environment, 'monitor', { model: model.name }),
      description: `Looks at the newest predictions of ${model.name}`,
      schedule: ScheduleExpression.rate(monitoringInterval(environment, model)),
      target: new StepFunctionsStartExecution(this.pipeline.machine, {
        input: ScheduleTargetInput.fromObject({ scheduled: true }),
      }),
    });
    this.#tellEnds(model.name, props.shared);
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

  /** Told by what watches executions, and not by the run: a run that died says nothing. */
  #tellEnds(model: string, { endMonitoring }: Monitoring): void {
    const rule = new Rule(this, 'OnEnd', {
      description: `Whether monitoring of ${model} failed becomes a figure of the model`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.pipeline.arn], status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT'] },
      },
      targets: [
        new LambdaFunction(endMonitoring, {
          event: RuleTargetInput.fromObject({ model, execution: EventField.fromPath('$.detail') }),
          retryAttempts: 10,
        }),
      ],
    });
    Validations.of(rule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason:
        'A queue of the platform cannot name the rules of its models; what the function fails at has its own.',
    });
  }
}
