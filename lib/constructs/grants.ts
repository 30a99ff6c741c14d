import { Stack, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';

/**
 * Grants exactly these actions: CDK's own `grant...` methods give whole families (`s3:GetObject*`).
 * @param wildcards why resources end in `*`; required when one does
 */
export function allow(grantee: IGrantable, actions: string[], resources: string[], wildcards?: string): void {
  const principal = grantee.grantPrincipal;
  principal.addToPrincipalPolicy(new PolicyStatement({ actions, resources }));
  if (wildcards === undefined || !Construct.isConstruct(principal)) return;
  for (const resource of resources) {
    const id = `AwsSolutions-IAM5[Resource::${describeArn(Stack.of(principal).resolve(resource))}]`;
    Validations.of(principal).acknowledge({ id, reason: wildcards });
  }
}

/** Grants exactly these actions on the items of a table whose partition key is one of these. */
export function allowItems(grantee: IGrantable, actions: string[], table: string, keys: string[]): void {
  const conditions = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': keys } };
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions, resources: [table], conditions }),
  );
}

/** An ARN as the rule pack names it in its findings: `arn:<AWS::Partition>:s3:::...`. */
function describeArn(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  const { Ref, 'Fn::Join': join } = resolved as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  return Ref ? `<${Ref}>` : (join?.[1] ?? []).map(describeArn).join(join?.[0]);
}
