import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Api } from './api.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import type { Pipeline } from './pipeline.ts';
import type { Storage } from './storage.ts';

export interface StatusProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly api: Api;
  readonly ingestion: Pipeline;
  readonly replay: Pipeline;
}

/** `GET /v1/status`: what runs now. */
export class Status extends Construct {
  constructor(scope: Construct, id: string, { environment, storage, api, ingestion, replay }: StatusProps) {
    super(scope, id);
    const describeStatus = new LeeboardFunction(this, 'DescribeStatus', {
      environment,
      handler: 'describe-status',
      memoryMb: 1024,
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: {
        STORE_BUCKET: storage.store.bucketName,
        REGISTRY_TABLE: storage.registry.tableName,
        INGEST_MACHINE: ingestion.arn,
        REPLAY_MACHINE: replay.arn,
      },
    });
    storage.grantReadStore(describeStatus, 'batches/');
    storage.grantReadRegistry(describeStatus);
    allow(describeStatus, ['states:ListExecutions'], [ingestion.arn, replay.arn]);
    api.http.addRoutes({
      path: '/v1/status',
      methods: [HttpMethod.GET],
      integration: new HttpLambdaIntegration('DescribeStatus', describeStatus),
    });
  }
}
