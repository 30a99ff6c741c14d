import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import type { Notifications } from './notifications.ts';
import type { Storage } from './storage.ts';

export interface RolloutsProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly notifications: Notifications;
}

/** The steps of `deploy-model`, shared by all models, and what tells people of a rollback. */
export class Rollouts extends Construct {
  /** State name -> function. */
  readonly steps: Readonly<Record<string, LeeboardFunction>>;
  /** Takes back a challenger whose execution died. */
  readonly endRollout: LeeboardFunction;

  constructor(scope: Construct, id: string, { environment, storage, notifications }: RolloutsProps) {
    super(scope, id);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const variables = {
      STORE_BUCKET: storage.store.bucketName,
      REGISTRY_TABLE: storage.registry.tableName,
      PACE: String(environment.pace),
    };
    // Both read predictions from the log.
    const step = { environment, variables, memoryMb: 2048, timeoutSeconds: 120 };
    const beginRollout = new LeeboardFunction(this, 'BeginRollout', { ...step, handler: 'begin-rollout' });
    const judgeRollout = new LeeboardFunction(this, 'JudgeRollout', { ...step, handler: 'judge-rollout' });
    this.endRollout = new LeeboardFunction(this, 'EndRollout', {
      environment,
      handler: 'end-rollout',
      variables: { REGISTRY_TABLE: storage.registry.tableName, BUS_NAME: storage.bus.eventBusName },
      deadLetters,
    });
    storage.grantReadStore(beginRollout, 'models/', 'predictions/');
    storage.grantReadStore(judgeRollout, 'predictions/', 'truth/');
    for (const writer of [beginRollout, judgeRollout, this.endRollout]) storage.grantWriteRegistry(writer);
    allow(this.endRollout, ['events:PutEvents'], [storage.bus.eventBusArn]);
    this.steps = { BeginRollout: beginRollout, JudgeRollout: judgeRollout };

    const notifyRollback = notifications.publisher(this, 'NotifyRollback', 'notify-rollback', deadLetters);
    new Rule(this, 'OnRollback', {
      eventBus: storage.bus,
      description: 'People hear of every version that is taken back',
      eventPattern: {
        source: ['leeboard'],
        detailType: ['DeploymentChanged'],
        detail: { action: ['rollback'] },
      },
      targets: [new LambdaFunction(notifyRollback, { deadLetterQueue: deadLetters, retryAttempts: 10 })],
    });
  }
}
