import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoDeliveries } from '#adapters/dynamodb/dynamo-deliveries.ts';
import { MemoryDeliveries } from '#test/support/memory-deliveries.ts';
import { deliveriesContract } from './deliveries-contract.ts';
import { openRegistry, settings } from './emulated.ts';

const client = documentClient(new DynamoDBClient(settings));

describe('DynamoDeliveries', () => {
  deliveriesContract(async () => new DynamoDeliveries(client, (await openRegistry()).tableName));

  it('the table may forget a delivery after 14 days', async () => {
    const { tableName } = await openRegistry();
    await new DynamoDeliveries(client, tableName).record({ target: 'topic', id: 'a' }, 1_000);
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: { pk: 'NOTIFICATIONS', sk: 'topic#a' } }),
    );
    expect(Item?.expires).toBe(1 + 14 * 86_400);
  });
});

describe('MemoryDeliveries', () => deliveriesContract(async () => new MemoryDeliveries()));
