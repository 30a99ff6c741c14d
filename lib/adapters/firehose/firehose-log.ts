import { type FirehoseClient, PutRecordCommand } from '@aws-sdk/client-firehose';
import { InvalidInputError } from '#core/errors.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { PredictionLog } from '#ports/prediction-log.ts';

/** Firehose takes records of at most 1,000 KiB. https://docs.aws.amazon.com/firehose/latest/dev/limits.html */
const MAX_RECORD_BYTES = 1_000 * 1024;

/** A prediction log as JSON Lines through Firehose; many rows a record, since each record is billed as 5 KB or more. */
export class FirehoseLog implements PredictionLog {
  readonly #client: FirehoseClient;
  readonly #stream: string;

  constructor(client: FirehoseClient, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  async append(rows: readonly LoggedPrediction[]): Promise<void> {
    // Packed whole before the first is sent: a row that is too large must leave nothing in the log.
    for (const Data of [...records(rows.map((row) => `${JSON.stringify(row)}\n`))]) {
      await this.#client.send(new PutRecordCommand({ DeliveryStreamName: this.#stream, Record: { Data } }));
    }
  }
}

/**
 * Lines packed in order into records of at most `maxBytes`, each as full as it can be.
 * @throws InvalidInputError when one line is larger than a record, naming its row
 */
export function* records(lines: readonly string[], maxBytes = MAX_RECORD_BYTES): Generator<Uint8Array> {
  let packed: Buffer[] = [];
  let size = 0;
  for (const [row, line] of lines.entries()) {
    const bytes = Buffer.from(line);
    if (bytes.length > maxBytes) {
      const expected = `at most ${maxBytes} bytes of values, as they are logged`;
      throw new InvalidInputError([{ field: `rows[${row}]`, expected, got: `${bytes.length} bytes` }]);
    }
    if (size + bytes.length > maxBytes) {
      yield Buffer.concat(packed);
      [packed, size] = [[], 0];
    }
    packed.push(bytes);
    size += bytes.length;
  }
  if (size > 0) yield Buffer.concat(packed);
}
