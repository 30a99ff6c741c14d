import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { ConflictError, LeaseLostError } from '#core/errors.ts';
import type { Fence } from '#core/registry/records.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** Times that a transaction is tried that meets others; the last pause is 2.5 s at most. */
const MAX_ATTEMPTS = 8;

/** The table's time to live, `lib/constructs/storage.ts`. */
export const TTL_ATTRIBUTE = 'expires';

/** The registry's key of one item. */
export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

/** One item collection a dataset or model; numbers are padded so that they sort. */
export const keys = {
  dataset: (name: string) => `DATASET#${name}`,
  model: (name: string) => `MODEL#${name}`,
  catalog: 'CATALOG',
  version: (version: number) => `VERSION#${String(version).padStart(9, '0')}`,
  part: (sha256: string) => `PART#${sha256}`,
  run: (startedAt: string, runId: string) => `RUN#${startedAt}#${runId}`,
  /** Where the run's record is: its start is part of that key. */
  runStart: (runId: string) => `RUNSTART#${runId}`,
  progress: (runId: string) => `PROGRESS#${runId}`,
  claim: (runId: string) => `CLAIM#${runId}`,
  rejection: (at: string, id: string) => `REJECTION#${at}#${id}`,
  audit: (rev: number) => `AUDIT#${String(rev).padStart(9, '0')}`,
  deployment: 'DEPLOYMENT',
  served: (rollout: string, stageIndex: number, role: string) => `SERVED#${rollout}#${stageIndex}#${role}`,
  usage: (instance: string) => `USAGE#${instance}`,
  batch: (startedAt: string, batchId: string) => `BATCH#${startedAt}#${batchId}`,
  /** Where the batch's record is: its start is part of that key. */
  batchStart: (batchId: string) => `BATCHSTART#${batchId}`,
  window: (to: string, from: string, version: number) =>
    `WINDOW#${to}#${from}#${String(version).padStart(9, '0')}`,
  lease: 'LEASE',
  retraining: 'RETRAINING',
  decision: (number: number) => `DECISION#${String(number).padStart(9, '0')}`,
  /** What people were told. */
  notifications: 'NOTIFICATIONS',
} as const;

/** Strongly consistent reads and transactions on one table; a record is one attribute, `record`. */
export class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly name: string;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.name = name;
  }

  async read<T>(key: ItemKey): Promise<T | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.name, Key: key, ConsistentRead: true }),
    );
    return Item?.record as T | undefined;
  }

  /** Records whose sort key starts with `prefix`, last first. */
  async newest<T>(pk: string, prefix: string, limit: number): Promise<T[]> {
    const found: T[] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await this.#client.send(
        new QueryCommand({
          TableName: this.name,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
          ScanIndexForward: false,
          ConsistentRead: true,
          Limit: limit - found.length,
          ExclusiveStartKey: start,
        }),
      );
      for (const item of page.Items ?? []) found.push(item.record as T);
      start = page.LastEvaluatedKey;
    } while (start && found.length < limit);
    return found;
  }

  /** Adds to counters, which are attributes of their own; the first addition makes the item. */
  async add(key: ItemKey, counters: Readonly<Record<string, number>>): Promise<void> {
    const names = Object.keys(counters);
    if (names.length === 0) return;
    await this.#client.send(
      new UpdateCommand({
        TableName: this.name,
        Key: key,
        UpdateExpression: `ADD ${names.map((_, index) => `#n${index} :v${index}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(names.map((name, index) => [`#n${index}`, name])),
        ExpressionAttributeValues: Object.fromEntries(
          names.map((name, index) => [`:v${index}`, counters[name]]),
        ),
      }),
    );
  }

  /** Counters of an item; none when nothing was added yet. */
  async counters(key: ItemKey): Promise<Record<string, number>> {
    const { Item = {} } = await this.#client.send(
      new GetCommand({ TableName: this.name, Key: key, ConsistentRead: true }),
    );
    const { pk: _pk, sk: _sk, ...counters } = Item;
    return counters;
  }

  /** Stores a record if its place is free. */
  insert(key: ItemKey, record: object): Write {
    return {
      Put: {
        TableName: this.name,
        Item: { ...key, record },
        ConditionExpression: 'attribute_not_exists(pk)',
      },
    };
  }

  /**
   * Stores a record, whatever was there.
   * @param expires epoch seconds from when on the table may forget it, see TTL_ATTRIBUTE
   */
  put(key: ItemKey, record: object, expires?: number): Write {
    return { Put: { TableName: this.name, Item: { ...key, record, [TTL_ATTRIBUTE]: expires } } };
  }

  /** Replaces a record if its fields still are as `expected` (undefined: there is no record). */
  replace(
    key: ItemKey,
    record: object,
    expected: Readonly<Record<string, string | number>> | undefined,
  ): Write {
    if (expected === undefined) return this.insert(key, record);
    const fields = Object.entries(expected);
    return {
      Put: {
        TableName: this.name,
        Item: { ...key, record },
        ConditionExpression: fields.map((_, index) => `#record.#f${index} = :v${index}`).join(' AND '),
        ExpressionAttributeNames: {
          '#record': 'record',
          ...Object.fromEntries(fields.map(([name], index) => [`#f${index}`, name])),
        },
        ExpressionAttributeValues: Object.fromEntries(
          fields.map(([, value], index) => [`:v${index}`, value]),
        ),
      },
    };
  }

  /** Stores a record if its place is free or its field `field` is `value` already. */
  keep(key: ItemKey, record: object, field: string, value: string): Write {
    return {
      Put: {
        TableName: this.name,
        Item: { ...key, record },
        ConditionExpression: 'attribute_not_exists(pk) OR #record.#field = :value',
        ExpressionAttributeNames: { '#record': 'record', '#field': field },
        ExpressionAttributeValues: { ':value': value },
      },
    };
  }

  /**
   * All or nothing.
   * @throws ConflictError saying `conflict` when a condition does not hold
   * @throws LeaseLostError when the lease is not held with the fence's token
   */
  async transact(writes: Write[], conflict: string, fence?: Fence): Promise<void> {
    const items = fence ? [this.#held(fence), ...writes] : writes;
    for (let attempt = 1; ; attempt++) {
      try {
        await this.#client.send(new TransactWriteCommand({ TransactItems: items }));
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code);
        if (fence && codes[0] === 'ConditionalCheckFailed') throw leaseLost(fence, error);
        if (codes.includes('ConditionalCheckFailed')) throw new ConflictError(conflict, { cause: error });
        if (!codes.includes('TransactionConflict')) throw error;
        // Another transaction is at one of the items: which conditions hold is seen when it is through.
        if (attempt === MAX_ATTEMPTS) throw new ConflictError(conflict, { cause: error });
        await sleep(Math.random() * 20 * 2 ** attempt);
      }
    }
  }

  #held({ model, token }: Fence): Write {
    return {
      ConditionCheck: {
        TableName: this.name,
        Key: { pk: keys.model(model), sk: keys.lease },
        ConditionExpression: '#record.#holder.#token = :token',
        ExpressionAttributeNames: { '#record': 'record', '#holder': 'holder', '#token': 'token' },
        ExpressionAttributeValues: { ':token': token },
      },
    };
  }
}

function leaseLost({ model, token }: Fence, cause: Error): LeaseLostError {
  return new LeaseLostError(
    `token ${token} no longer holds the lease of ${model}: the run was cancelled or another one took over`,
    { cause },
  );
}
