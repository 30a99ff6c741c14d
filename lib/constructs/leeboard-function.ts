import { Duration, Size, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { architectureOf, type Environment } from '../stacks/environment.ts';
import { artifact } from './artifacts.ts';
import { logGroup } from './log-group.ts';
import { physicalName } from './physical-name.ts';

export interface LeeboardFunctionProps {
  readonly environment: Environment;
  /** File name below `lambdas/`, without `.ts`. */
  readonly handler: string;
  /** The model that has this function to itself. @default - shared by all */
  readonly model?: string;
  readonly layers?: readonly ILayerVersion[];
  /** @default 512 */
  readonly memoryMb?: number;
  /** Room below /tmp. @default 512 */
  readonly storageMb?: number;
  /** @default 30 */
  readonly timeoutSeconds?: number;
  /** Beside ENVIRONMENT, which each has. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Where events go that failed for good. @default - called synchronously, so its caller sees the failure */
  readonly deadLetters?: IQueue;
}

/** One handler of `lambdas/` as a function, with its own role and log group. */
export class LeeboardFunction extends LambdaFunction {
  constructor(scope: Construct, id: string, props: LeeboardFunctionProps) {
    const { environment, handler, memoryMb = 512, storageMb = 512, timeoutSeconds = 30 } = props;
    const name = physicalName(environment, handler, { model: props.model });
    const log = logGroup(scope, `${id}Log`, environment, `/aws/lambda/${name}`);
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [log.logGroupArn],
      }),
    );
    super(scope, id, {
      functionName: name,
      description: `Leeboard: ${handler.replaceAll('-', ' ')}${props.model ? ` of ${props.model}` : ''}`,
      code: Code.fromAsset(artifact(scope, 'dist/lambdas', handler)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: architectureOf(environment),
      memorySize: memoryMb,
      ephemeralStorageSize: Size.mebibytes(storageMb),
      timeout: Duration.seconds(timeoutSeconds),
      layers: [...(props.layers ?? [])],
      environment: {
        NODE_OPTIONS: '--enable-source-maps',
        ENVIRONMENT: environment.name,
        ...props.variables,
      },
      tracing: Tracing.ACTIVE,
      ...(props.deadLetters ? { deadLetterQueue: props.deadLetters } : {}),
      role,
      logGroup: log,
    });
    acknowledgeFunction(this, role, props.deadLetters !== undefined);
  }
}

function acknowledgeFunction(lambda: LambdaFunction, role: Role, hasDeadLetters: boolean): void {
  Validations.of(role).acknowledge({
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resources: xray:PutTraceSegments and PutTelemetryRecords take * only.',
  });
  if (!hasDeadLetters) {
    const reason =
      'Called synchronously (Step Functions or API Gateway): its caller sees and handles the failure.';
    Validations.of(lambda).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason },
      { id: 'Serverless-LambdaAsyncFailureDestination', reason },
    );
  }
}
