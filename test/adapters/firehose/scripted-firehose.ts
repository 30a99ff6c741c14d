import type { FirehoseClient, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { FirehoseLog } from '#adapters/firehose/firehose-log.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { DrivenTimer } from '#test/support/driven-timer.ts';

/**
 * What becomes of one call: taken, some of its records (by index) not taken, refused as a whole, never answered, or
 * taken without the caller learning of it.
 */
export type Fate = 'taken' | readonly number[] | 'refused' | 'hangs' | 'answer lost';

export const row = (id: string, city = 'north'): LoggedPrediction => ({
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

/** A log over a Firehose whose answers are given by a list; when it is used up, every call is taken. */
export function openScripted(fates: Fate[]) {
  /** Ids of each call's records, and of what Firehose has. */
  const calls: string[][][] = [];
  const stored: string[] = [];
  const counted: Record<string, number> = {};
  const callTimes: number[] = [];
  const abortedAt: number[] = [];
  const bytes: number[] = [];
  const timer = new DrivenTimer();
  const streams = new Set<string | undefined>();

  async function send(command: PutRecordBatchCommand, { abortSignal }: { abortSignal: AbortSignal }) {
    const { DeliveryStreamName, Records = [] } = command.input;
    const texts = Records.map(({ Data }) => Buffer.from(Data as Uint8Array).toString());
    const ids = texts.map((text) =>
      [...text.trimEnd().split('\n')].map((line) => JSON.parse(line).id as string),
    );
    streams.add(DeliveryStreamName);
    callTimes.push(timer.now());
    calls.push(ids);
    bytes.push(Records.reduce((sum, { Data }) => sum + (Data as Uint8Array).length, 0));
    const fate = fates.shift() ?? 'taken';
    if (fate === 'hangs') {
      await new Promise((_, reject) =>
        abortSignal.addEventListener('abort', () => {
          abortedAt.push(timer.now());
          reject(new Error('aborted'));
        }),
      );
    }
    if (fate === 'refused')
      throw Object.assign(new Error('slow down'), { name: 'ServiceUnavailableException' });
    const failed = Array.isArray(fate) ? fate : [];
    stored.push(...ids.filter((_, index) => !failed.includes(index)).flat());
    if (fate === 'answer lost') throw Object.assign(new Error('reset'), { name: 'ECONNRESET' });
    return {
      FailedPutCount: failed.length,
      RequestResponses: ids.map((_, index) =>
        failed.includes(index) ? { ErrorCode: 'ServiceUnavailableException' } : { RecordId: String(index) },
      ),
    };
  }

  const log = new FirehoseLog({
    client: { send } as unknown as FirehoseClient,
    stream: 'stream',
    timer,
    random: () => 1,
    count: (counts) => {
      for (const [name, more] of Object.entries(counts)) counted[name] = (counted[name] ?? 0) + more;
    },
  });
  /** Whether a request has been answered, as time passes. */
  const append = (rows: readonly LoggedPrediction[]) => {
    const request = { answeredAt: undefined as number | undefined };
    log.append(rows).then(() => {
      request.answeredAt = timer.now();
    });
    return request;
  };
  return { log, append, timer, calls, callTimes, abortedAt, bytes, stored, counted, streams };
}
