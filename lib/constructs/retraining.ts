import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import type { Engines } from './engines.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import type { Notifications } from './notifications.ts';
import { allowReadSpecs } from './spec-asset.ts';
import type { Storage } from './storage.ts';
import { allowExecutions, MACHINE_VARIABLES } from './training-machines.ts';

export interface RetrainingProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly notifications: Notifications;
  readonly codeVersion: string;
}

/** What decides about training again, shared by all models: each model's rules bring its spec. */
export class Retraining extends Construct {
  /** State name -> function. */
  readonly steps: Readonly<Record<string, LeeboardFunction>>;
  /** Takes triggers in, and moves a model's loop on. */
  readonly considerRetraining: LeeboardFunction;

  constructor(
    scope: Construct,
    id: string,
    { environment, storage, engines, notifications, codeVersion }: RetrainingProps,
  ) {
    super(scope, id);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const variables = {
      STORE_BUCKET: storage.store.bucketName,
      REGISTRY_TABLE: storage.registry.tableName,
      CODE_VERSION: codeVersion,
      ...MACHINE_VARIABLES,
    };
    this.considerRetraining = notifications.publisher(
      this,
      'ConsiderRetraining',
      'consider-retraining',
      deadLetters,
      {
        variables: { ...variables, PACE: String(environment.pace), BUS_NAME: storage.bus.eventBusName },
        memoryMb: 1024,
        timeoutSeconds: 120,
      },
    );
    storage.grantWriteRegistry(this.considerRetraining);
    allowReadSpecs(this.considerRetraining);
    storage.grantReadStore(this.considerRetraining, 'models/');
    // What it begins: its own judgements, and what a person approved who then could not begin it.
    allow(this.considerRetraining, ['events:PutEvents'], [storage.bus.eventBusArn]);
    for (const pipeline of ['retrain-model', 'deploy-model'])
      allowExecutions(this.considerRetraining, environment, pipeline, ['states:StartExecution']);
    for (const pipeline of ['retrain-model', 'train-model', 'deploy-model'])
      allowExecutions(this.considerRetraining, environment, pipeline, ['states:DescribeExecution']);

    const judgeRetraining = new LeeboardFunction(this, 'JudgeRetraining', {
      environment,
      handler: 'judge-retraining',
      variables,
      layers: [engines.duckdb, engines.xgboost],
      memoryMb: 8192,
      storageMb: 8192,
      timeoutSeconds: 900,
    });
    storage.grantWriteRegistry(judgeRetraining);
    allowReadSpecs(judgeRetraining);
    storage.grantReadStore(judgeRetraining, 'datasets/', 'models/');
    storage.grantWriteStore(judgeRetraining, 'models/');
    this.steps = { JudgeRetraining: judgeRetraining };
  }
}
