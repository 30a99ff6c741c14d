import { type CfnStage, HttpApi, HttpMethod, type IHttpRouteAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import { logGroup } from './log-group.ts';
import type { Storage } from './storage.ts';
import { allowTrainingExecutions, MACHINE_VARIABLES } from './training-machines.ts';

export interface ApiProps {
  readonly environment: Environment;
  readonly storage: Storage;
  /** Requests a second that the API lets through. @default 500 */
  readonly requestsPerSecond?: number;
}

/** The HTTP API. What it tells of models and datasets is here; each model adds its own prediction route. */
export class Api extends Construct {
  readonly http: HttpApi;

  constructor(scope: Construct, id: string, { environment, storage, requestsPerSecond = 500 }: ApiProps) {
    super(scope, id);
    const authorizer: IHttpRouteAuthorizer = new HttpIamAuthorizer();
    this.http = new HttpApi(this, 'Http', {
      apiName: `leeboard-${environment.name}`,
      description: 'Leeboard: predictions, models and datasets',
      defaultAuthorizer: authorizer,
      createDefaultStage: true,
    });
    const accessLog = logGroup(
      this,
      'AccessLog',
      environment,
      `/aws/vendedlogs/leeboard-${environment.name}-api`,
    );
    const stage = this.http.defaultStage?.node.defaultChild as CfnStage;
    stage.accessLogSettings = {
      destinationArn: accessLog.logGroupArn,
      format: JSON.stringify({
        requestId: '$context.requestId',
        time: '$context.requestTime',
        route: '$context.routeKey',
        status: '$context.status',
        latencyMs: '$context.responseLatency',
        bytes: '$context.responseLength',
        caller: '$context.identity.caller',
      }),
    };
    stage.defaultRouteSettings = {
      throttlingRateLimit: requestsPerSecond,
      throttlingBurstLimit: requestsPerSecond * 2,
    };

    this.#addReads(environment, storage);
    this.#addControls(environment, storage);
    this.#addDeployments(environment, storage);
  }

  #addReads(environment: Environment, storage: Storage): void {
    const describeModels = new LeeboardFunction(this, 'DescribeModels', {
      environment,
      handler: 'describe-models',
      memoryMb: 1024,
      variables: {
        STORE_BUCKET: storage.store.bucketName,
        REGISTRY_TABLE: storage.registry.tableName,
        ...MACHINE_VARIABLES,
      },
    });
    storage.grantReadStore(describeModels, 'models/', 'batches/');
    storage.grantReadRegistry(describeModels);
    allowTrainingExecutions(describeModels, environment, ['states:DescribeExecution']);
    const integration = new HttpLambdaIntegration('DescribeModels', describeModels);
    for (const path of [
      '/v1/openapi.json',
      '/v1/models',
      '/v1/models/{model}',
      '/v1/models/{model}/versions/{version}',
      '/v1/models/{model}/deployment',
      '/v1/models/{model}/runs',
      '/v1/models/{model}/runs/{run}',
      '/v1/models/{model}/decisions',
      '/v1/models/{model}/batches',
      '/v1/models/{model}/batches/{batch}',
      '/v1/datasets/{dataset}/versions',
      '/v2',
    ]) {
      this.http.addRoutes({ path, methods: [HttpMethod.GET], integration });
    }
    // A model that is not deployed has no route of its own; it gets the same kind of answer as any other mistake.
    for (const path of ['predict', 'feedback'].map((name) => `/v1/models/{model}/${name}`))
      this.http.addRoutes({ path, methods: [HttpMethod.POST], integration });
    this.http.addRoutes({ path: '/v2/{proxy+}', methods: [HttpMethod.ANY], integration });
  }

  #addControls(environment: Environment, storage: Storage): void {
    const controlRuns = new LeeboardFunction(this, 'ControlRuns', {
      environment,
      handler: 'control-runs',
      memoryMb: 1024,
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: {
        REGISTRY_TABLE: storage.registry.tableName,
        BUS_NAME: storage.bus.eventBusName,
        ...MACHINE_VARIABLES,
      },
    });
    storage.grantWriteRegistry(controlRuns);
    allow(controlRuns, ['events:PutEvents'], [storage.bus.eventBusArn]);
    allowTrainingExecutions(controlRuns, environment, [
      'states:StartExecution',
      'states:StopExecution',
      'states:DescribeExecution',
    ]);
    const integration = new HttpLambdaIntegration('ControlRuns', controlRuns);
    for (const path of ['runs', 'runs/{run}/cancel', 'runs/{run}/resume', 'retrain']) {
      this.http.addRoutes({
        path: `/v1/models/{model}/${path}`,
        methods: [HttpMethod.POST],
        integration,
      });
    }
  }

  #addDeployments(environment: Environment, storage: Storage): void {
    const controlDeployments = new LeeboardFunction(this, 'ControlDeployments', {
      environment,
      handler: 'control-deployments',
      memoryMb: 1024,
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: { REGISTRY_TABLE: storage.registry.tableName, BUS_NAME: storage.bus.eventBusName },
    });
    storage.grantWriteRegistry(controlDeployments);
    allow(controlDeployments, ['events:PutEvents'], [storage.bus.eventBusArn]);
    const integration = new HttpLambdaIntegration('ControlDeployments', controlDeployments);
    for (const action of ['promote', 'rollback', 'freeze', 'unfreeze']) {
      this.http.addRoutes({ path: `/v1/models/{model}/${action}`, methods: [HttpMethod.POST], integration });
    }
  }
}
