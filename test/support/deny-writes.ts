import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { clientConfig } from '#lib/client/outputs.ts';

const PolicyName = 'outage';

/** While `work` goes on, a function may not write these objects. @param objects their ARN, with `*` for what may be anything */
export async function denyWrites<T>(
  config: ReturnType<typeof clientConfig>,
  FunctionName: string,
  objects: string,
  work: () => Promise<T>,
): Promise<T> {
  const iam = new IAMClient(config);
  const { Role = '' } = await new LambdaClient(config).send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  const RoleName = Role.split('/').at(-1);
  const Statement = [{ Effect: 'Deny', Action: 's3:PutObject', Resource: objects }];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  try {
    return await work();
  } finally {
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  }
}
