import { FirehoseClient } from '@aws-sdk/client-firehose';
import { FirehoseLog } from '#adapters/firehose/firehose-log.ts';
import { nodeTimer } from '#adapters/node-timer.ts';
import { countMetrics } from './metrics.ts';

/** A model's prediction log in a stream of Firehose; what becomes of it is counted in the model's metrics. */
export function openFirehoseLog(model: string, stream: string): FirehoseLog {
  return new FirehoseLog({
    client: new FirehoseClient({ maxAttempts: 1 }), // the log itself repeats what failed
    stream,
    timer: nodeTimer,
    random: Math.random,
    count: (counts) => countMetrics(model, counts),
  });
}
