import {
  CloudFormationClient,
  CreateStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { clientSettings, until } from './helpers.ts';

const trust = (principal: object) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: principal }],
});
const allow = (actions: string, resource: unknown) => ({
  PolicyName: 'grant',
  PolicyDocument: {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }],
  },
});

/** A role that may write into bucket `guarded` and nothing else, and that anyone with a key may assume. */
export const writerStack = {
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'guarded' } },
  Writer: {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: 'writer',
      AssumeRolePolicyDocument: trust({ AWS: '*' }),
      Policies: [allow('s3:PutObject', 'arn:aws:s3:::guarded/*')],
    },
  },
};

/** A function with the code given, and a state machine `ask` that gives its answer. */
export const functionStack = (code: string) => ({
  FunctionRole: {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trust({ Service: 'lambda.amazonaws.com' }) },
  },
  Answer: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'answer',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Timeout: 30,
      Role: { 'Fn::GetAtt': ['FunctionRole', 'Arn'] },
      Code: { ZipFile: code },
    },
  },
  MachineRole: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trust({ Service: 'states.amazonaws.com' }),
      Policies: [allow('lambda:InvokeFunction', { 'Fn::GetAtt': ['Answer', 'Arn'] })],
    },
  },
  Ask: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: 'ask',
      RoleArn: { 'Fn::GetAtt': ['MachineRole', 'Arn'] },
      Definition: {
        QueryLanguage: 'JSONata',
        StartAt: 'Ask',
        States: {
          Ask: {
            Type: 'Task',
            Resource: 'arn:aws:states:::lambda:invoke',
            Arguments: { FunctionName: 'answer', Payload: {} },
            Output: '{% $states.result.Payload %}',
            End: true,
          },
        },
      },
    },
  },
});

export async function createStack(endpoint: string, Resources: object): Promise<void> {
  const client = new CloudFormationClient(clientSettings(endpoint));
  await client.send(
    new CreateStackCommand({
      StackName: 'test',
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    }),
  );
  await waitUntilStackCreateComplete({ client, maxWaitTime: 60, minDelay: 1 }, { StackName: 'test' });
}

/** What the function of `functionStack` answers. */
export async function ask(endpoint: string): Promise<unknown> {
  const executionArn = await startAsking(endpoint);
  const client = new SFNClient(clientSettings(endpoint));
  return until(async () => {
    const found = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (found.status === 'FAILED') throw new Error(`${found.error}: ${found.cause}`);
    return found.output !== undefined && { answer: JSON.parse(found.output) };
  }).then(({ answer }) => answer);
}

export async function startAsking(endpoint: string): Promise<string | undefined> {
  const stateMachineArn = 'arn:aws:states:us-east-1:000000000000:stateMachine:ask';
  return (await new SFNClient(clientSettings(endpoint)).send(new StartExecutionCommand({ stateMachineArn })))
    .executionArn;
}
