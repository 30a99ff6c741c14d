import { type FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { isShadow, type LoggedPrediction } from '#core/serve/answer.ts';
import type { PredictionLog } from '#ports/prediction-log.ts';
import { fulfilledWithin, type Timer } from '#ports/timer.ts';
import { MAX_RECORD_BYTES, type PackedLines, packRecords } from './pack-records.ts';

/** What one PutRecordBatch takes. https://docs.aws.amazon.com/firehose/latest/APIReference/API_PutRecordBatch.html */
const MAX_BATCH_RECORDS = 500;
const MAX_BATCH_BYTES = 4_000_000;
/** What a request waits for its log, and what it waits when Firehose has failed that often in a row. */
const PATIENCE_MS = 1000;
const PATIENCE_WHILE_DOWN_MS = 100;
const DOWN_AFTER_FAILURES = 5;
/** What a call may take, twice as long after each failure in a row: a slow Firehose is not given up for ever. */
const CALL_MS = 400;
const LONGEST_CALL_MS = 6_400;
/** Longest pause after a first failure, twice as long after each more in a row. */
const PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** What is kept of what Firehose did not take: minutes of a busy instance's rows. */
const MAX_KEPT_BYTES = 32 * 2 ** 20;

export interface FirehoseLogOptions {
  readonly client: FirehoseClient;
  readonly stream: string;
  readonly timer: Timer;
  /** In [0, 1): how much of a pause is waited, so that instances do not come back together. */
  readonly random: () => number;
  /**
   * Told of rows that were sent again (`PredictionLogRetried`), that their answer did not wait for
   * (`PredictionLogLate`) and that were given up (`PredictionLogDropped`).
   */
  readonly count: (counts: Readonly<Record<string, number>>) => void;
}

interface Pending extends PackedLines {
  /** Firehose has it, or it was given up. */
  settle(): void;
}

/**
 * A prediction log as JSON Lines through Firehose. One call at a time sends what waits, the oldest first; what fails,
 * a whole call or some of its records, goes back to the front. Between requests it works on where Node runs on; where
 * the process sleeps (Lambda), it goes on with the next request.
 */
export class FirehoseLog implements PredictionLog {
  readonly #options: FirehoseLogOptions;
  readonly #waiting: Pending[] = [];
  #keptBytes = 0;
  /** Calls in a row of which something failed. */
  #failures = 0;
  #sending: Promise<void> | undefined;

  constructor(options: FirehoseLogOptions) {
    this.#options = options;
  }

  async append(rows: readonly LoggedPrediction[]): Promise<void> {
    const lines = linesOf(rows);
    const records = packRecords(lines);
    if (lines.length < rows.length) this.#options.count({ PredictionLogDropped: rows.length - lines.length });
    let late = lines.length;
    const settled = Promise.all(
      records.map(
        (record) =>
          new Promise<void>((done) => {
            const settle = () => {
              late -= record.rows;
              done();
            };
            this.#keep([{ ...record, settle }], 'last');
          }),
      ),
    );
    this.#send();
    const patience = this.#failures < DOWN_AFTER_FAILURES ? PATIENCE_MS : PATIENCE_WHILE_DOWN_MS;
    await fulfilledWithin(this.#options.timer, settled, patience);
    if (late > 0) this.#options.count({ PredictionLogLate: late });
  }

  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
    });
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      const failed = await this.#put(batch);
      const again = new Set(failed);
      for (const record of batch) if (!again.has(record)) record.settle();
      if (failed.length === 0) {
        this.#failures = 0;
        continue;
      }
      this.#failures++;
      this.#options.count({ PredictionLogRetried: rowsOf(failed) });
      this.#keep(failed, 'first');
      await this.#pause();
    }
  }

  /** As many of the oldest as one call takes. */
  #take(): Pending[] {
    let bytes = 0;
    let count = 0;
    for (const { data } of this.#waiting.slice(0, MAX_BATCH_RECORDS)) {
      if (bytes + data.length > MAX_BATCH_BYTES) break;
      bytes += data.length;
      count++;
    }
    this.#keptBytes -= bytes;
    return this.#waiting.splice(0, count);
  }

  /** @returns what Firehose did not take */
  async #put(batch: readonly Pending[]): Promise<readonly Pending[]> {
    const { client, stream, timer } = this.#options;
    const command = new PutRecordBatchCommand({
      DeliveryStreamName: stream,
      Records: batch.map(({ data }) => ({ Data: data })),
    });
    const abort = new AbortController();
    const callMs = Math.min(CALL_MS * 2 ** this.#failures, LONGEST_CALL_MS);
    const sent = client.send(command, { abortSignal: abort.signal });
    let cause = `no answer in ${callMs} ms`;
    sent.catch((error: Error) => {
      cause = error.name;
    });
    if (await fulfilledWithin(timer, sent, callMs)) {
      const { RequestResponses = [] } = await sent;
      return batch.filter((_, index) => RequestResponses[index]?.RecordId === undefined);
    }
    abort.abort();
    const message = 'the prediction log was not taken';
    console.warn(JSON.stringify({ level: 'WARN', message, stream, rows: rowsOf(batch), cause }));
    return batch;
  }

  #keep(records: readonly Pending[], where: 'first' | 'last'): void {
    if (where === 'first') this.#waiting.unshift(...records);
    else this.#waiting.push(...records);
    for (const { data } of records) this.#keptBytes += data.length;
    let dropped = 0;
    while (this.#keptBytes > MAX_KEPT_BYTES) {
      const oldest = this.#waiting.shift() as Pending;
      this.#keptBytes -= oldest.data.length;
      dropped += oldest.rows;
      oldest.settle();
    }
    if (dropped > 0) this.#options.count({ PredictionLogDropped: dropped });
  }

  #pause(): Promise<void> {
    const longest = Math.min(PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS);
    return new Promise((done) => {
      this.#options.timer.after(this.#options.random() * longest, done);
    });
  }
}

/** Without a shadow's rows that are too large: what is only said beside fails no answer. */
function linesOf(rows: readonly LoggedPrediction[]): string[] {
  return rows.flatMap((row) => {
    const line = `${JSON.stringify(row)}\n`;
    return isShadow(row) && Buffer.byteLength(line) > MAX_RECORD_BYTES ? [] : [line];
  });
}

function rowsOf(records: readonly PackedLines[]): number {
  return records.reduce((sum, { rows }) => sum + rows, 0);
}
