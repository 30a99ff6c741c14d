import { randomUUID } from 'node:crypto';
import { CreateDeliveryStreamCommand, FirehoseClient } from '@aws-sdk/client-firehose';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FirehoseLog } from '#adapters/firehose/firehose-log.ts';
import { nodeTimer } from '#adapters/node-timer.ts';
import { S3ObjectStore } from '#adapters/s3/s3-object-store.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { readPredictions } from '#lib/pipelines/read-predictions.ts';
import { startFaultyFirehose } from '#test/support/firehose-faults.ts';
import { settings } from './emulated.ts';

const REQUESTS = 360;
/** Requests at the same time, so that a call has several records. */
const TOGETHER = 6;
const ROWS = 4;

const row = (id: string): LoggedPrediction => ({
  id,
  model: 'm',
  version: 1,
  variant: 'champion',
  latencyMs: 1,
  at: new Date().toISOString(),
  key: {},
  inputs: { city: 'x'.repeat(1000) },
  value: 1,
});

/** A stream that delivers to a bucket of its own as the deployed ones do. */
async function openStream(): Promise<{ stream: string; store: S3ObjectStore }> {
  const name = `contract-${randomUUID()}`;
  const s3 = new S3Client(settings);
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  await new FirehoseClient(settings).send(
    new CreateDeliveryStreamCommand({
      DeliveryStreamName: name,
      ExtendedS3DestinationConfiguration: {
        BucketARN: `arn:aws:s3:::${name}`,
        RoleARN: 'arn:aws:iam::000000000000:role/firehose',
        Prefix: 'predictions/m/dt=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/',
        ErrorOutputPrefix: 'failed/',
        CompressionFormat: 'GZIP',
        BufferingHints: { IntervalInSeconds: 1, SizeInMBs: 16 },
      },
    }),
  );
  return { stream: name, store: new S3ObjectStore(s3, name) };
}

it('every row is in the log once after de-duplication, though a third of the calls fail', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  const { stream, store } = await openStream();
  const faults = { partial: 0.2, refused: 0.1, answerLost: 0.05 };
  const firehose = await startFaultyFirehose(settings, faults);
  onTestFinished(() => firehose.close());
  const counted: Record<string, number> = {};
  const log = new FirehoseLog({
    client: new FirehoseClient({ ...settings, endpoint: firehose.endpoint, maxAttempts: 1 }),
    stream,
    timer: nodeTimer,
    random: Math.random,
    count: (counts) => {
      for (const [name, more] of Object.entries(counts)) counted[name] = (counted[name] ?? 0) + more;
    },
  });
  const start = Date.now();
  const ids = Array.from({ length: REQUESTS * ROWS }, (_, index) => `id-${index}`);
  const append = (request: number) => log.append(ids.slice(request * ROWS, (request + 1) * ROWS).map(row));
  for (let request = 0; request < REQUESTS; request += TOGETHER) {
    await Promise.all(Array.from({ length: TOGETHER }, (_, more) => append(request + more)));
  }
  let found: LoggedPrediction[] = [];
  for (const end = Date.now() + 30_000; found.length < ids.length && Date.now() < end; ) {
    await new Promise((done) => setTimeout(done, 200));
    found = await readPredictions(store, 'm', start, Date.now() + 1);
  }
  expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
  expect(firehose.calls.partial).toBeGreaterThan(10);
  expect(firehose.calls.refused).toBeGreaterThan(5);
  expect(firehose.calls.answerLost).toBeGreaterThan(0);
  expect(counted.PredictionLogRetried).toBeGreaterThan(50);
  expect(counted.PredictionLogDropped).toBeUndefined();
});
