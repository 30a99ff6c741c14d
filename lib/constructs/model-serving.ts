import { HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Api } from './api.ts';
import type { Engines } from './engines.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import { logGroup } from './log-group.ts';
import { physicalName } from './physical-name.ts';
import type { Storage } from './storage.ts';

/** What the prediction function answers; `lambdas/predict.ts` has the same. */
const ROUTES = [
  ['PredictRoute', HttpMethod.POST, '/v1/models/{model}/predict'],
  ['PredictVersionRoute', HttpMethod.POST, '/v1/models/{model}/versions/{version}/predict'],
  ['TensorsRoute', HttpMethod.GET, '/v2/models/{model}'],
  ['TensorsVersionRoute', HttpMethod.GET, '/v2/models/{model}/versions/{version}'],
  ['ReadyRoute', HttpMethod.GET, '/v2/models/{model}/ready'],
  ['ReadyVersionRoute', HttpMethod.GET, '/v2/models/{model}/versions/{version}/ready'],
  ['InferRoute', HttpMethod.POST, '/v2/models/{model}/infer'],
  ['InferVersionRoute', HttpMethod.POST, '/v2/models/{model}/versions/{version}/infer'],
] as const;

export interface ModelServingProps {
  readonly environment: Environment;
  readonly model: string;
  readonly storage: Storage;
  readonly engines: Engines;
  readonly api: Api;
}

/** Seconds after which a logged prediction can be read: Firehose's buffer, and as much again to write it. */
export function deliverySeconds(environment: Environment): number {
  return 2 * environment.logSeconds;
}

/** Answers `POST /v1/models/<model>/predict` with the champion and logs every prediction. */
export class ModelServing extends Construct {
  readonly predict: LeeboardFunction;
  readonly log: CfnDeliveryStream;

  constructor(
    scope: Construct,
    id: string,
    { environment, model, storage, engines, api }: ModelServingProps,
  ) {
    super(scope, id);
    this.log = this.#predictionLog(environment, model, storage);
    this.predict = new LeeboardFunction(this, 'Predict', {
      environment,
      handler: 'predict',
      model,
      layers: [engines.xgboost],
      memoryMb: 1769, // one whole vCPU
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: {
        MODEL: model,
        STORE_BUCKET: storage.store.bucketName,
        REGISTRY_TABLE: storage.registry.tableName,
        PREDICTION_STREAM: this.log.ref,
      },
    });
    const copies = `deployments/${model}/`;
    storage.grantReadStore(this.predict, `models/${model}/versions/`, copies);
    storage.grantWriteStore(this.predict, copies);
    storage.grantLogKey(this.predict, model);
    storage.grantServe(this.predict, model);
    allow(this.predict, ['firehose:PutRecordBatch'], [this.log.attrArn]);
    const integration = new HttpLambdaIntegration('Predict', this.predict);
    for (const [routeId, method, path] of ROUTES) {
      new HttpRoute(this, routeId, {
        httpApi: api.http,
        routeKey: HttpRouteKey.with(path.replace('{model}', model), method),
        integration,
      });
    }
  }

  /** Records go to `predictions/<model>/dt=.../hour=.../` in the store, gzipped JSON Lines. */
  #predictionLog(environment: Environment, model: string, storage: Storage): CfnDeliveryStream {
    const name = physicalName(environment, 'predictions', { model });
    const role = new Role(this, 'LogRole', { assumedBy: new ServicePrincipal('firehose.amazonaws.com') });
    const prefix = `predictions/${model}/`;
    storage.grantDeliver(role, prefix, `predictions-failed/${model}/`);
    const group = logGroup(this, 'LogErrors', environment, `/aws/kinesisfirehose/${name}`);
    const stream = group.addStream('Delivery', { logStreamName: 'delivery' });
    allow(role, ['logs:PutLogEvents'], [group.logGroupArn]);
    const log = new CfnDeliveryStream(this, 'Log', {
      deliveryStreamName: name,
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: storage.store.bucketArn,
        roleArn: role.roleArn,
        prefix: `${prefix}dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/`,
        errorOutputPrefix: `predictions-failed/${model}/!{firehose:error-output-type}/`,
        compressionFormat: 'GZIP',
        bufferingHints: { intervalInSeconds: environment.logSeconds, sizeInMBs: 16 },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: group.logGroupName,
          logStreamName: stream.logStreamName,
        },
      },
    });
    log.node.addDependency(role); // and its policy: the first delivery must not come before it
    return log;
  }
}
