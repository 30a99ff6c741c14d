import { Duration, Validations } from 'aws-cdk-lib';
import { EventField, type EventPattern, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import { retrainsByItself } from '#core/spec/retrain.ts';
import type { Environment } from '../stacks/environment.ts';
import { allow } from './grants.ts';
import { Pipeline } from './pipeline.ts';
import type { Retraining } from './retraining.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';

export interface ModelRetrainingProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly retraining: Retraining;
  /** The model's `train-model`. */
  readonly training: Pipeline;
}

/** What waits for its time is looked at this often, divided by the environment's pace. */
const TICK_MINUTES = 15;

/** The model's own `retrain-model` pipeline, and what wakes its loop. */
export class ModelRetraining extends Construct {
  readonly pipeline: Pipeline;
  readonly #props: ModelRetrainingProps;

  constructor(scope: Construct, id: string, props: ModelRetrainingProps) {
    super(scope, id);
    this.#props = props;
    const { environment, model, spec, storage, retraining, training } = props;
    this.pipeline = new Pipeline(this, 'RetrainModel', {
      environment,
      definition: 'retrain-model',
      model: model.name,
      functions: retraining.steps,
      bus: storage.bus,
      values: {
        Model: model.name,
        SpecBucket: spec.bucket,
        SpecKey: spec.key,
        SpecSha256: spec.sha256,
        TrainModelMachineArn: training.arn,
      },
    });
    allow(this.pipeline.role, ['states:StartExecution'], [training.arn]);
    this.#wakeOnEnds();
    if (retrainsByItself(model.retrain)) this.#wakeOnCauses();
  }

  /** A decision ends when its training, rollout or approval does. */
  #wakeOnEnds(): void {
    const { model, training } = this.#props;
    this.#rule('OnExecutionEnd', `What a decision of ${model.name} started is over`, {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: {
        stateMachineArn: [this.pipeline.arn, training.arn],
        status: ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'],
      },
    });
    this.#rule('OnPeople', `The deployment of ${model.name} changed, or a person wants something`, {
      source: ['leeboard'],
      detailType: ['DeploymentChanged', 'ApprovalDecided', 'TrainingRequested'],
      detail: { model: [model.name] },
    });
  }

  #wakeOnCauses(): void {
    const { model, environment } = this.#props;
    this.#rule('OnDatasetVersion', `New data of ${model.name}`, {
      source: ['leeboard'],
      detailType: ['DatasetVersionCreated'],
      detail: { dataset: [model.from.name] },
    });
    this.#rule('OnMonitoring', `Windows of ${model.name} drifted, or it performs worse`, {
      source: ['leeboard'],
      detailType: ['DriftDetected', 'PerformanceDropped'],
      detail: { model: [model.name] },
    });
    const minutes = Math.max(1, Math.round(TICK_MINUTES / environment.pace));
    const tick = new Rule(this, 'Tick', {
      description: `Schedules, cooldowns and changes of ${model.name}`,
      schedule: Schedule.rate(Duration.minutes(minutes)),
      targets: [this.#target('Tick', {})],
    });
    acknowledge(tick);
  }

  #rule(id: string, description: string, eventPattern: EventPattern): void {
    const { storage } = this.#props;
    const ours = eventPattern.source?.includes('leeboard');
    const rule = new Rule(this, id, {
      ...(ours && { eventBus: storage.bus }),
      description,
      eventPattern,
      targets: [this.#target(EventField.detailType, EventField.fromPath('$.detail'))],
    });
    acknowledge(rule);
  }

  #target(type: string, detail: unknown): LambdaFunction {
    const { model, spec, retraining } = this.#props;
    const event = RuleTargetInput.fromObject({
      model: model.name,
      spec: { bucket: spec.bucket, key: spec.key, sha256: spec.sha256 },
      type,
      at: EventField.time,
      detail,
    });
    return new LambdaFunction(retraining.considerRetraining, { event, retryAttempts: 10 });
  }
}

function acknowledge(rule: Rule): void {
  Validations.of(rule).acknowledge({
    id: 'Serverless-EventBusDLQ',
    reason:
      'A queue of the platform cannot name the rules of its models; what the function fails at has its own.',
  });
}
