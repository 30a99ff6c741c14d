import { randomUUID } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutBucketVersioningCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { inject } from 'vitest';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';

export const settings = {
  endpoint: inject('endpoint'),
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
};

/** An empty versioned bucket. */
export async function openStore(): Promise<S3ObjectStore> {
  const s3 = new S3Client(settings);
  const Bucket = `contract-${randomUUID()}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  return new S3ObjectStore(s3, Bucket);
}

const WAITING = { Type: 'Wait', Seconds: 600, End: true };

/** A state machine of one state; it waits until it is stopped, unless told otherwise. */
export async function createMachine(name: string, state: object = WAITING): Promise<void> {
  const trust = { Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const { Role } = await new IAMClient(settings).send(
    new CreateRoleCommand({
      RoleName: `contract-${randomUUID()}`,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    }),
  );
  const definition = { StartAt: 'Only', States: { Only: state } };
  await new SFNClient(settings).send(
    new CreateStateMachineCommand({
      name,
      roleArn: Role?.Arn,
      definition: JSON.stringify(definition),
    }),
  );
}

/** A registry and its table. */
export interface OpenedRegistry {
  readonly registry: DynamoRegistry;
  readonly tableName: string;
}

/** An empty table with the keys of the deployed one. */
export async function openRegistry(): Promise<OpenedRegistry> {
  const dynamo = new DynamoDBClient(settings);
  const TableName = `contract-${randomUUID()}`;
  await dynamo.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  return {
    registry: new DynamoRegistry(documentClient(dynamo), TableName),
    tableName: TableName,
  };
}
