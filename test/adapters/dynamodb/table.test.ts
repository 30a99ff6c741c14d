import { type CancellationReason, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { Table } from '#adapters/dynamodb/table.ts';
import { ConflictError, LeaseLostError } from '#core/errors.ts';

const FENCE = { model: 'm', token: 1 };

/** A table whose database cancels transactions for these reasons, one after another; the embedded one never meets. */
function cancelling(...answers: readonly string[][]): { table: Table; sent: () => number } {
  let sent = 0;
  const send = async () => {
    const codes = answers[sent++];
    if (!codes) return {};
    const CancellationReasons: CancellationReason[] = codes.map((Code) => ({ Code }));
    throw new TransactionCanceledException({ message: '', $metadata: {}, CancellationReasons });
  };
  return { table: new Table({ send } as unknown as DynamoDBDocumentClient, 'registry'), sent: () => sent };
}

const write = (table: Table, fence?: typeof FENCE) =>
  table.transact([table.put({ pk: 'p', sk: 's' }, {})], 'rev must be 1', fence);

describe('a transaction that meets another one', () => {
  it('is tried again, and then stored', async () => {
    const { table, sent } = cancelling(['TransactionConflict', 'None'], ['None', 'TransactionConflict']);
    await write(table, FENCE);
    expect(sent()).toBe(3);
  });

  it('is given up as a conflict when it always meets one', async () => {
    const { table, sent } = cancelling(...Array.from({ length: 9 }, () => ['TransactionConflict']));
    await expect(write(table)).rejects.toThrow(ConflictError);
    expect(sent()).toBe(8);
  });
});

describe('a transaction whose condition does not hold', () => {
  it('is a lost lease when it is the fence, whatever else is wrong', async () => {
    for (const second of ['None', 'ConditionalCheckFailed', 'TransactionConflict']) {
      const { table, sent } = cancelling(['ConditionalCheckFailed', second]);
      await expect(write(table, FENCE)).rejects.toThrow(LeaseLostError);
      expect(sent()).toBe(1);
    }
  });

  it('is a conflict when it is another one', async () => {
    const fenced = write(cancelling(['None', 'ConditionalCheckFailed']).table, FENCE);
    await expect(fenced).rejects.toThrow(ConflictError);
    await expect(write(cancelling(['ConditionalCheckFailed']).table)).rejects.toThrow('rev must be 1');
  });
});

it('a failure of the database itself is passed on as it is', async () => {
  const { table, sent } = cancelling(['None', 'ThrottlingError']);
  await expect(write(table, FENCE)).rejects.toThrow(TransactionCanceledException);
  expect(sent()).toBe(1);
});
