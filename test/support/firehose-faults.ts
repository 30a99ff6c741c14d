import { FirehoseClient, type FirehoseClientConfig, PutRecordBatchCommand } from '@aws-sdk/client-firehose';
import { seededRandom } from '#core/random/seeded-random.ts';
import { error, type FaultProxy, reply, startFaultProxy } from './fault-proxy.ts';

/** Shares of the calls, 0 to 1. */
export interface FirehoseFaults {
  /** Answered with 200, but some of the records, or the only one, were not taken. */
  readonly partial: number;
  /** Refused with 503, nothing taken. */
  readonly refused: number;
  /** Taken, and answered with 500. */
  readonly answerLost: number;
}

export interface FaultyFirehose extends FaultProxy {
  /** Calls so far, by what became of them. */
  readonly calls: Record<keyof FirehoseFaults | 'taken', number>;
}

interface Batch {
  readonly DeliveryStreamName: string;
  readonly Records: readonly { readonly Data: string }[];
}

/** A Firehose that fails as a busy one does, in front of one that does not. Seeded. */
export async function startFaultyFirehose(
  upstream: FirehoseClientConfig & { readonly endpoint: string },
  faults: FirehoseFaults,
): Promise<FaultyFirehose> {
  const client = new FirehoseClient(upstream);
  const random = seededRandom('firehose faults');
  const calls = { taken: 0, partial: 0, refused: 0, answerLost: 0 };

  /** Takes each record or not, at least one not. */
  async function takeSome({ DeliveryStreamName, Records }: Batch) {
    const lost = random.integer(0, Records.length - 1);
    const isTaken = Records.map((_, index) => index !== lost && random.uniform() < 0.5);
    const taken = Records.filter((_, index) => isTaken[index]).map(({ Data }) => ({
      Data: Buffer.from(Data, 'base64'),
    }));
    if (taken.length > 0)
      await client.send(new PutRecordBatchCommand({ DeliveryStreamName, Records: taken }));
    return reply(200, {
      FailedPutCount: Records.length - taken.length,
      RequestResponses: isTaken.map((taken, index) =>
        taken
          ? { RecordId: String(index) }
          : { ErrorCode: 'ServiceUnavailableException', ErrorMessage: 'Slow down.' },
      ),
    });
  }

  const proxy = await startFaultProxy(upstream.endpoint, async ({ target, body, forward }) => {
    if (!target.endsWith('.PutRecordBatch')) return forward();
    const luck = random.uniform();
    if (luck < faults.partial) {
      calls.partial++;
      return takeSome(JSON.parse(body.toString()) as Batch);
    }
    if (luck < faults.partial + faults.refused) {
      calls.refused++;
      return error(503, 'ServiceUnavailableException');
    }
    const answer = await forward();
    if (luck < faults.partial + faults.refused + faults.answerLost) {
      calls.answerLost++;
      return error(500, 'InternalFailure');
    }
    calls.taken++;
    return answer;
  });
  return { ...proxy, calls };
}
