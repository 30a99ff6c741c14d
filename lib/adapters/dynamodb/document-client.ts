import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ONCE, tellUnreachable } from '../reaching.ts';

/**
 * Records as plain objects. The SDK refuses numbers above 2^53 unless told otherwise: the squared error of a model of
 * large amounts is one. DynamoDB holds 38 digits from 1e-130 to 9.9e125.
 */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  client.middlewareStack.add(tellUnreachable, ONCE);
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: { removeUndefinedValues: true, allowImpreciseNumbers: true },
    unmarshallOptions: { wrapNumbers: Number },
  });
}
