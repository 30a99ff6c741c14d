import { Aws, Validations } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Batches } from './batches.ts';
import { allow } from './grants.ts';
import { physicalName } from './physical-name.ts';
import { Pipeline } from './pipeline.ts';
import type { Storage } from './storage.ts';

export interface ModelBatchesProps {
  readonly environment: Environment;
  readonly model: string;
  readonly storage: Storage;
  readonly batches: Batches;
}

/** The model's own `score-batch` pipeline: the shared steps. */
export class ModelBatches extends Construct {
  readonly pipeline: Pipeline;

  constructor(scope: Construct, id: string, { environment, model, storage, batches }: ModelBatchesProps) {
    super(scope, id);
    this.pipeline = new Pipeline(this, 'ScoreBatch', {
      environment,
      definition: 'score-batch',
      model,
      functions: batches.steps,
      bus: storage.bus,
      values: { Model: model, StoreBucket: storage.store.bucketName },
    });
    this.#allowMap(environment, model, storage);
    this.#recordDeath(model, batches);
  }

  /** A Distributed Map reads its items itself, and runs each as an execution of the machine that it is in. */
  #allowMap(environment: Environment, model: string, storage: Storage): void {
    const { role } = this.pipeline;
    storage.grantReadStore(role, `batches/${model}/`);
    const name = physicalName(environment, 'score-batch', { model, limit: 80 });
    const states = `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}`;
    allow(role, ['states:StartExecution'], [`${states}:stateMachine:${name}`]);
    allow(
      role,
      ['states:DescribeExecution', 'states:StopExecution'],
      [`${states}:execution:${name}:*`, `${states}:execution:${name}/ScoreChunks:*`],
      'Executions of the map have names that Step Functions makes.',
    );
  }

  /** An execution that is stopped or times out does not come to its last state. */
  #recordDeath(model: string, { recordBatch }: Batches): void {
    const rule = new Rule(this, 'OnDeath', {
      description: `A batch of ${model} that died is recorded as failed`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.pipeline.arn], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        new LambdaFunction(recordBatch, {
          event: RuleTargetInput.fromObject({
            batch: { model, execution: EventField.fromPath('$.detail.name') },
          }),
          retryAttempts: 10,
        }),
      ],
    });
    Validations.of(rule).acknowledge({
      id: 'Serverless-EventBusDLQ',
      reason:
        'A batch whose event is lost says that it is running; it can be resumed and cancelled all the same.',
    });
  }
}
