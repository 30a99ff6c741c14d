import { Validations } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Environment } from '../stacks/environment.ts';
import { allow } from './grants.ts';
import { Pipeline } from './pipeline.ts';
import type { SpecAsset } from './spec-asset.ts';
import type { Storage } from './storage.ts';
import type { Training } from './training.ts';
import { deployModelArn } from './training-machines.ts';

export interface ModelTrainingProps {
  readonly environment: Environment;
  readonly model: ModelSpec;
  readonly spec: SpecAsset;
  readonly storage: Storage;
  readonly training: Training;
}

/** The model's own `train-model` pipeline: the shared steps with this model's spec. */
export class ModelTraining extends Construct {
  readonly pipeline: Pipeline;

  constructor(
    scope: Construct,
    id: string,
    { environment, model, spec, storage, training }: ModelTrainingProps,
  ) {
    super(scope, id);
    const rollout = deployModelArn(environment, model.name);
    this.pipeline = new Pipeline(this, 'TrainModel', {
      environment,
      definition: 'train-model',
      model: model.name,
      functions: training.steps,
      bus: storage.bus,
      values: {
        Model: model.name,
        SpecBucket: spec.bucket,
        SpecKey: spec.key,
        SpecSha256: spec.sha256,
        DeployModelMachineArn: rollout,
      },
    });
    allow(this.pipeline.role, ['states:StartExecution'], [rollout]);
    this.#endOnDeath(model.name, training);
  }

  /** An execution that is stopped or times out does not come to its last state: those who wait are called for it. */
  #endOnDeath(model: string, training: Training): void {
    const rule = new Rule(this, 'OnDeath', {
      description: `A training of ${model} that died gives its turn to the next`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.pipeline.arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        new LambdaFunction(training.endTraining, {
          event: RuleTargetInput.fromObject({
            run: { model, execution: EventField.fromPath('$.detail.name') },
            status: EventField.fromPath('$.detail.status'),
          }),
          retryAttempts: 10,
        }),
      ],
    });
    Validations.of(rule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason: 'An event that is lost delays those who wait until the next request, which takes over.',
    });
  }
}
