import { RemovalPolicy } from 'aws-cdk-lib';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Environment } from '../stacks/environment.ts';

/** A log group that is kept as long as its environment says, and goes with its stack. */
export function logGroup(scope: Construct, id: string, environment: Environment, name: string): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: name,
    retention: environment.logDays,
    // A retained group would hold its name, and a model that comes back could not be deployed.
    removalPolicy: RemovalPolicy.DESTROY,
  });
}
