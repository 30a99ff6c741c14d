import { randomUUID } from 'node:crypto';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { beforeAll, expect, it } from 'vitest';
import { config, ingestOutcome, outputs, store } from './deployment.ts';
import { type Credentials, send } from './http.ts';

const { incomingBucket, storeBucket } = outputs;

/** Keys of a role that may do exactly this. */
async function assume(actions: readonly string[], resource: string): Promise<Credentials> {
  const [iam, sts] = [new IAMClient(config), new STSClient(config)];
  const RoleName = `test-${randomUUID()}`;
  const trust = {
    Effect: 'Allow',
    Principal: { AWS: 'arn:aws:iam::000000000000:root' },
    Action: 'sts:AssumeRole',
  };
  const grant = { Effect: 'Allow', Action: actions, Resource: resource };
  const policy = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy(trust) }),
  );
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policy(grant) }));
  const { Credentials: keys } = await sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'test' }),
  );
  return {
    accessKeyId: keys?.AccessKeyId ?? '',
    secretAccessKey: keys?.SecretAccessKey ?? '',
    sessionToken: keys?.SessionToken ?? '',
  };
}

let producer: Credentials;
beforeAll(async () => {
  producer = await assume(['s3:PutObject'], `arn:aws:s3:::${incomingBucket}/incoming/deliveries/*`);
});

const producerS3 = () => new S3Client({ ...config, credentials: producer });

it('a producer that may write drops can drop', async () => {
  const key = 'incoming/deliveries/by a producer.csv';
  const Body = 'item\ntea\n';
  const { VersionId = '' } = await producerS3().send(
    new PutObjectCommand({ Bucket: incomingBucket, Key: key, Body }),
  );
  expect(await ingestOutcome({ key, versionId: VersionId })).toMatchObject({ accepted: true });
});

it.each<[what: string, attempt: () => Promise<unknown>]>([
  ['drop for another dataset', () => put(incomingBucket, 'incoming/weather/x.csv')],
  ['write to the store', () => put(storeBucket, 'datasets/deliveries/parts/x')],
  ['read its own drops again', () => get(incomingBucket, 'incoming/deliveries/by a producer.csv')],
  [
    'read what was accepted',
    async () => get(storeBucket, (await store.list('datasets/deliveries/'))[0]?.key as string),
  ],
  ['list the store', () => producerS3().send(new ListObjectsV2Command({ Bucket: storeBucket }))],
  ['read the registry', () => queryRegistry()],
  ['start a training', () => startTraining()],
])('a producer cannot %s', async (_, attempt) => {
  await expect(attempt()).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
});

it('a producer cannot ask the API, and a caller with the right can', async () => {
  expect((await send('GET', '/v1/models', undefined, producer)).status).toBe(403);
  const caller = await assume(['execute-api:Invoke'], 'arn:aws:execute-api:*:*:*/*/GET/v1/models');
  expect((await send('GET', '/v1/models', undefined, caller)).status).toBe(200);
  expect((await send('GET', '/v1/datasets/deliveries/versions', undefined, caller)).status).toBe(403);
});

function put(Bucket: string, Key: string): Promise<unknown> {
  return producerS3().send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));
}

function get(Bucket: string, Key: string): Promise<unknown> {
  return producerS3().send(new GetObjectCommand({ Bucket, Key }));
}

function queryRegistry(): Promise<unknown> {
  return new DynamoDBClient({ ...config, credentials: producer }).send(
    new QueryCommand({
      TableName: outputs.registryTable,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'DATASET#deliveries' } },
    }),
  );
}

function startTraining(): Promise<unknown> {
  return new SFNClient({ ...config, credentials: producer }).send(
    new StartExecutionCommand({ stateMachineArn: outputs.stateMachines['flights-late-train-model'] }),
  );
}
