import { HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';
import type { Api } from './api.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { allow } from './grants.ts';
import { LeeboardFunction } from './leeboard-function.ts';
import type { Notifications } from './notifications.ts';
import type { Storage } from './storage.ts';
import { allowExecutions, MACHINE_VARIABLES } from './training-machines.ts';

export interface ApprovalsProps {
  readonly environment: Environment;
  readonly storage: Storage;
  readonly notifications: Notifications;
  readonly api: Api;
}

/** What asks people to approve a version, and hears what they say; shared by all models. */
export class Approvals extends Construct {
  constructor(scope: Construct, id: string, props: ApprovalsProps) {
    super(scope, id);
    this.#ask(props);
    this.#hear(props);
  }

  #ask({ storage, notifications }: ApprovalsProps): void {
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const requestApproval = notifications.publisher(
      this,
      'RequestApproval',
      'request-approval',
      deadLetters,
      {
        memoryMb: 1024,
        timeoutSeconds: 60,
        variables: { STORE_BUCKET: storage.store.bucketName },
      },
    );
    storage.grantReadRegistry(requestApproval);
    storage.grantReadStore(requestApproval, 'models/');
    storage.grantWriteStore(requestApproval, 'models/*/versions/*/approval.html');
    new Rule(this, 'OnRequest', {
      eventBus: storage.bus,
      description: 'People are asked to approve a version that waits for them',
      eventPattern: { source: ['leeboard'], detailType: ['ApprovalRequested'] },
      targets: [new LambdaFunction(requestApproval, { deadLetterQueue: deadLetters, retryAttempts: 10 })],
    });
  }

  #hear({ environment, storage, api }: ApprovalsProps): void {
    const decideApproval = new LeeboardFunction(this, 'DecideApproval', {
      environment,
      handler: 'decide-approval',
      memoryMb: 1024,
      timeoutSeconds: 29, // API Gateway waits no longer
      variables: {
        STORE_BUCKET: storage.store.bucketName,
        REGISTRY_TABLE: storage.registry.tableName,
        BUS_NAME: storage.bus.eventBusName,
        ...MACHINE_VARIABLES,
      },
    });
    storage.grantReadStore(decideApproval, 'models/');
    storage.grantWriteRegistry(decideApproval);
    allow(decideApproval, ['events:PutEvents'], [storage.bus.eventBusArn]);
    allowExecutions(decideApproval, environment, 'deploy-model', ['states:StartExecution']);
    const integration = new HttpLambdaIntegration('DecideApproval', decideApproval);
    for (const action of ['approve', 'reject']) {
      const path = `/v1/models/{model}/versions/{version}/${action}`;
      api.http.addRoutes({ path, methods: [HttpMethod.POST], integration });
    }
  }
}
