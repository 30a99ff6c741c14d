import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ConflictError } from '#core/errors.ts';
import type { Deliveries, Delivery } from '#ports/deliveries.ts';
import { keys, TTL_ATTRIBUTE } from './table.ts';

/** Longer than a function may run, shorter than Lambda waits before it tries again. */
const CLAIM_MS = 45_000;
/** As long as dead letters are kept: one that is sent again by hand tells nobody twice. */
const KEPT_SECONDS = 14 * 86_400;

/** One item a delivery in the registry's table; `free` is when another may take it, in epoch milliseconds. */
export class DynamoDeliveries implements Deliveries {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async claim(delivery: Delivery, now: number): Promise<boolean> {
    try {
      await this.#client.send(
        new PutCommand({
          ...this.#item(delivery, now, { delivered: false, free: now + CLAIM_MS }),
          ConditionExpression: 'attribute_not_exists(pk) OR (#delivered = :no AND #free <= :now)',
          ExpressionAttributeNames: { '#delivered': 'delivered', '#free': 'free' },
          ExpressionAttributeValues: { ':no': false, ':now': now },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (isDelivered(error.Item)) return false;
      const { target, id } = delivery;
      throw new ConflictError(`${id} is being delivered to ${target}: look again in a minute`, {
        cause: error,
      });
    }
  }

  async record(delivery: Delivery, now: number): Promise<void> {
    await this.#client.send(new PutCommand(this.#item(delivery, now, { delivered: true, free: now })));
  }

  async release(delivery: Delivery, now: number): Promise<void> {
    await this.#client.send(new PutCommand(this.#item(delivery, now, { delivered: false, free: now })));
  }

  #item({ target, id }: Delivery, now: number, state: { delivered: boolean; free: number }) {
    const key = { pk: keys.notifications, sk: `${target}#${id}` };
    const expires = Math.ceil(now / 1000) + KEPT_SECONDS;
    return { TableName: this.#table, Item: { ...key, ...state, [TTL_ATTRIBUTE]: expires } };
  }
}

/** An error's item is as DynamoDB writes it, also with the document client. */
function isDelivered(item: unknown): boolean {
  return (item as { delivered?: { BOOL?: boolean } } | undefined)?.delivered?.BOOL === true;
}
