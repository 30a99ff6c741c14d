import { FirehoseClient } from '@aws-sdk/client-firehose';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirehoseLog, records } from '#adapters/firehose/firehose-log.ts';
import { InvalidInputError } from '#core/errors.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';

const text = (record: Uint8Array) => Buffer.from(record).toString();

describe('records', () => {
  it('packs lines in order, none split, each record within the limit and as full as it can be', () => {
    const lines = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'ü', '😀'), maxLength: 5 }).map((line) => `${line}\n`),
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 21, max: 60 }), (lines, limit) => {
        const packed = [...records(lines, limit)];
        expect(packed.map(text).join('')).toBe(lines.join(''));
        for (const [index, record] of packed.entries()) {
          expect(record.length).toBeLessThanOrEqual(limit);
          expect(text(record).endsWith('\n')).toBe(true);
          const next = packed[index + 1];
          const nextLine = next && Buffer.byteLength(`${text(next).split('\n', 1)[0]}\n`);
          if (nextLine !== undefined) expect(record.length + nextLine).toBeGreaterThan(limit);
        }
      }),
    );
  });

  it('counts bytes, not characters', () => {
    expect([...records(['ü\n', 'ü\n'], 5)]).toHaveLength(2);
    expect([...records(['ü\n', 'ü\n'], 6)]).toHaveLength(1);
  });

  it('has none for no lines', () => {
    expect([...records([])]).toEqual([]);
  });

  it('holds 1,000 KiB and refuses a line with one byte more, naming its row', () => {
    const limit = 1_024_000;
    expect([...records(['a\n', 'x'.repeat(limit)])]).toHaveLength(2);
    expect(() => [...records(['a\n', 'x'.repeat(limit + 1)])]).toThrow(
      new InvalidInputError([
        {
          field: 'rows[1]',
          expected: 'at most 1024000 bytes of values, as they are logged',
          got: '1024001 bytes',
        },
      ]),
    );
  });
});

describe('FirehoseLog', () => {
  const row = (id: string, city: string): LoggedPrediction => ({
    id,
    model: 'm',
    version: 1,
    variant: 'champion',
    latencyMs: 1,
    at: '2013-01-01T00:00:00.000Z',
    key: {},
    inputs: { city },
    probability: 0.5,
    positive: true,
    margin: 0,
  });

  /** The log, and what it sent. */
  function open() {
    const sent: { stream: string; rows: unknown[] }[] = [];
    const client = new FirehoseClient({
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    });
    client.middlewareStack.add(
      () =>
        async ({ input }) => {
          const { DeliveryStreamName, Record } = input as {
            DeliveryStreamName: string;
            Record: { Data: Uint8Array };
          };
          const lines = text(Record.Data).trimEnd().split('\n');
          sent.push({ stream: DeliveryStreamName, rows: lines.map((line) => JSON.parse(line)) });
          return { output: { $metadata: {}, RecordId: '1' }, response: {} };
        },
      { step: 'initialize' },
    );
    return { log: new FirehoseLog(client, 'stream'), sent };
  }

  it('sends the rows as JSON Lines, many a record', async () => {
    const { log, sent } = open();
    const rows = [row('a', 'line\nbreak'), row('b', 'ü')];
    await log.append(rows);
    expect(sent).toEqual([{ stream: 'stream', rows }]);
  });

  it('sends nothing of a request with a row that is too large', async () => {
    const { log, sent } = open();
    const rows = [
      row('a', 'x'.repeat(900_000)),
      row('b', 'x'.repeat(900_000)),
      row('c', 'x'.repeat(1_024_000)),
    ];
    await expect(log.append(rows)).rejects.toThrow(InvalidInputError);
    expect(sent).toEqual([]);
  });
});
