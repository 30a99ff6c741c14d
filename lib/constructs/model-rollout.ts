import { Validations } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { Pipeline } from './pipeline.ts';
import type { Rollouts } from './rollouts.ts';
import type { Storage } from './storage.ts';

export interface ModelRolloutProps {
  readonly environment: Environment;
  readonly model: string;
  readonly storage: Storage;
  readonly rollouts: Rollouts;
}

/** The model's own `deploy-model` pipeline: the shared steps with this model's name. */
export class ModelRollout extends Construct {
  readonly pipeline: Pipeline;

  constructor(scope: Construct, id: string, { environment, model, storage, rollouts }: ModelRolloutProps) {
    super(scope, id);
    this.pipeline = new Pipeline(this, 'DeployModel', {
      environment,
      definition: 'deploy-model',
      model,
      functions: rollouts.steps,
      bus: storage.bus,
      values: { Model: model },
    });
    const rule = new Rule(this, 'OnDeath', {
      description: `A challenger of ${model} that nobody watches any more is taken back`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.pipeline.arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        new LambdaFunction(rollouts.endRollout, {
          event: RuleTargetInput.fromObject({
            model,
            id: EventField.fromPath('$.detail.name'),
            status: EventField.fromPath('$.detail.status'),
          }),
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
