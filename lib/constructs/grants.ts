import { Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * Grants exactly these actions: CDK's own `grant...` methods give whole families (`s3:GetObject*`).
 * @param wildcards why a resource ends in `*`; required when one does
 */
export function allow(grantee: IGrantable, actions: string[], resources: string[], wildcards?: string): void {
  grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  if (wildcards && Construct.isConstruct(grantee.grantPrincipal)) {
    Validations.of(grantee.grantPrincipal).acknowledge({ id: 'AwsSolutions-IAM5', reason: wildcards });
  }
}
