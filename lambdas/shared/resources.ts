import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { documentClient } from '#adapters/dynamodb/document-client.ts';
import { DynamoDeliveries } from '#adapters/dynamodb/dynamo-deliveries.ts';
import { DynamoRegistry } from '#adapters/dynamodb/dynamo-registry.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import type { Deliveries } from '#ports/deliveries.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Registry } from '#ports/registry.ts';

/** A variable that the stack sets for the function. */
export function variable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`environment variable ${name} must be set for this function, got nothing`);
  return value;
}

/** Made at the first use and kept for the life of the function; a promise that fails is made again at the next use. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    if (made) return made.value;
    const value = make();
    made = { value };
    if (value instanceof Promise) {
      value.catch(() => {
        made = undefined;
      });
    }
    return value;
  };
}

const s3 = once(() => new S3Client({}));

export const store: () => ObjectStore = once(() => new S3ObjectStore(s3(), variable('STORE_BUCKET')));
export const incoming: () => ObjectStore = once(() => new S3ObjectStore(s3(), variable('INCOMING_BUCKET')));
export const registry: () => Registry = once(
  () => new DynamoRegistry(documentClient(new DynamoDBClient({})), variable('REGISTRY_TABLE')),
);

/** What people were told; in the registry's table. */
export const deliveries: () => Deliveries = once(
  () => new DynamoDeliveries(documentClient(new DynamoDBClient({})), variable('REGISTRY_TABLE')),
);

/** Objects of another bucket: the specs. */
export const bucket = (name: string): ObjectStore => new S3ObjectStore(s3(), name);
