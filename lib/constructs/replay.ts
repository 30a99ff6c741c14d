import { Aws } from 'aws-cdk-lib';
import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Api } from './api.ts';
import type { Engines } from './engines.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import { physicalName } from './physical-name.ts';
import { Pipeline } from './pipeline.ts';
import type { Storage } from './storage.ts';

export interface ReplayProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly api: Api;
}

/** `replay-predictions` for all models, and the routes that start it and tell what it found. */
export class Replay extends Construct {
  readonly pipeline: Pipeline;

  constructor(scope: Construct, id: string, { environment, storage, engines, api }: ReplayProps) {
    super(scope, id);
    const variables = { STORE_BUCKET: storage.store.bucketName, REGISTRY_TABLE: storage.registry.tableName };
    const replayPredictions = new LeeboardFunction(this, 'ReplayPredictions', {
      environment,
      handler: 'replay-predictions',
      layers: [engines.xgboost],
      memoryMb: 3008,
      timeoutSeconds: 900,
      variables,
    });
    storage.grantReadStore(replayPredictions, 'models/', 'predictions/', 'truth/');
    storage.grantWriteStore(replayPredictions, 'reports/');
    storage.grantReadRegistry(replayPredictions);
    this.pipeline = new Pipeline(this, 'Pipeline', {
      environment,
      definition: 'replay-predictions',
      functions: { ReplayPredictions: replayPredictions },
      bus: storage.bus,
    });

    const machine = this.pipeline.arn;
    const controlReplays = new LeeboardFunction(this, 'ControlReplays', {
      environment,
      handler: 'control-replays',
      memoryMb: 1024,
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: { ...variables, REPLAY_MACHINE: machine },
    });
    storage.grantReadStore(controlReplays, 'reports/');
    storage.grantReadRegistry(controlReplays);
    allow(controlReplays, ['states:StartExecution'], [machine]);
    const executions = `execution:${physicalName(environment, 'replay-predictions', { limit: 80 })}:*`;
    allow(
      controlReplays,
      ['states:DescribeExecution'],
      [`arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:${executions}`],
      'Each execution has a name of its own.',
    );
    const integration = new HttpLambdaIntegration('ControlReplays', controlReplays);
    const path = '/v1/models/{model}/replays';
    api.http.addRoutes({ path, methods: [HttpMethod.POST], integration });
    api.http.addRoutes({ path: `${path}/{replay}`, methods: [HttpMethod.GET], integration });
  }
}
