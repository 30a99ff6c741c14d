import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import type { BatchManifest } from '#core/batch/batch-files.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { Prediction } from '#core/serve/answer.ts';
import type { BatchDetails } from '#lib/client/answers.ts';
import { readRequests } from '#local/story/april.ts';
import { root } from '#local/work-directory.ts';
import { denyWrites } from '#test/support/deny-writes.ts';
import { flights } from '../datasets/flights.ts';
import { flightsLate } from '../models/flights-late.ts';
import { atMost, type Deployed, report, withDeployment } from './deployment.ts';

/**
 * Scores the flights of four months, learned from three, in a batch and, for the same rows, over HTTP; then again with a kill in the middle.
 * Run: npm run bench:batch
 */
const LEARNED = ['01', '02', '03'];
const MONTHS = [...LEARNED, '04'];
const MODEL = flightsLate.name;
const DATA = join(root, 'examples/nycflights13');
/** Rows of a request, and requests in flight. */
const [ROWS, IN_FLIGHT] = [1000, 4];

type Row = Readonly<Record<string, unknown>>;
const keyOf = (row: Row) => JSON.stringify(flights.key.map((name) => row[name]));

await withDeployment(LEARNED, async (deployed) => {
  const { client } = deployed;
  await client.ingested(await client.drop(join(DATA, 'flights-2013-04.parquet'), 'flights'));
  const { batchId } = await client.startBatch(MODEL, { dataset: 'flights', reason: 'bench' });
  const batch = await ended(deployed, batchId);
  const batchRate = batch.rows / seconds(batch);
  const scored = await readOutput(deployed, batch);
  console.log(`batch: ${batch.rows} rows in ${batch.chunks} chunks, ${seconds(batch).toFixed(1)} s`);

  const rows = await requests();
  const start = performance.now();
  const answers = await predictAll(deployed, rows);
  const httpRate = rows.length / ((performance.now() - start) / 1000);
  const differing = rows.filter((row, index) => !isSame(scored.get(keyOf(row)), answers[index])).length;
  console.log(`HTTP: ${rows.length} rows in requests of ${ROWS}, ${IN_FLIGHT} in flight`);

  const killed = await killInTheMiddle(deployed);
  console.log(`killed when ${killed.done} of ${batch.chunks} chunks were done, then resumed`);
  const [whole, resumed] = [await hashesOf(deployed, batch), await hashesOf(deployed, killed.batch)];

  await report('batch', [
    {
      work: 'rows a second, from the request to the end',
      peer: 'POST predict',
      peerVersion: '',
      ours: batchRate,
      theirs: httpRate,
      unit: 'rows/s',
      ratio: batchRate / httpRate,
      goal: 1,
      holds: batchRate >= httpRate,
    },
    atMost(`rows of ${rows.length} that differ from the online answer`, differing, 0, 'rows'),
    atMost('chunks done again after the kill', killed.redone, 0, 'chunks'),
    atMost(
      'outputs that differ from the undisturbed batch',
      whole.filter((hash, index) => hash !== resumed[index]).length,
      0,
      'files',
    ),
  ]);
});

async function ended({ client }: Deployed, batchId: string): Promise<BatchDetails> {
  for (;;) {
    const batch = await client.batch(MODEL, batchId);
    if (batch.status !== 'running') {
      if (batch.status === 'failed') console.log(`${batch.error?.name}: ${batch.error?.message}`);
      return batch;
    }
    await sleep(100);
  }
}

function seconds({ startedAt, finishedAt = startedAt }: BatchDetails): number {
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}

/** What a batch says of each row, by its key. */
async function readOutput({ client }: Deployed, batch: BatchDetails): Promise<Map<string, Row>> {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-bench-batch-'));
  try {
    const file = join(folder, 'all.parquet');
    await client.downloadBatch(batch.manifest as ObjectPointer, file);
    const { rows, columns } = await openDuckDbReader(join(folder, 'spill')).readColumns(file);
    const found = Array.from({ length: rows }, (_, index) =>
      Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, cells[index]])),
    );
    const isoTime = (row: Row) => ({ ...row, time_hour: new Date(row.time_hour as number).toISOString() });
    return new Map(found.map((row) => [keyOf(isoTime(row)), row]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The months' flights whose end is known, as callers would send them. */
async function requests(): Promise<Row[]> {
  const months: (readonly Row[])[] = [];
  for (const month of MONTHS) {
    const files = {
      flights: join(DATA, `flights-2013-${month}.parquet`),
      weather: join(DATA, 'weather-2013.parquet'),
    };
    months.push((await readRequests(flightsLate, files)).rows);
  }
  return months.flat();
}

async function predictAll({ client }: Deployed, rows: readonly Row[]): Promise<Prediction[]> {
  const answers: Prediction[][] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at * ROWS < rows.length; at = next++) {
      const { predictions } = await client.predict(MODEL, rows.slice(at * ROWS, (at + 1) * ROWS));
      answers[at] = [...predictions];
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return answers.flat();
}

/** Every field of the answer is what the batch says, to the bit. */
function isSame(scored: Row | undefined, answer: Prediction | undefined): boolean {
  if (!scored || !answer) return false;
  return Object.entries(answer).every(([name, value]) => Object.is(scored[name], value));
}

/** Stops a batch's execution behind its back once a chunk is done, waits for what is still at work, and resumes it. */
async function killInTheMiddle(deployed: Deployed) {
  const { client, config, outputs } = deployed;
  const { batchId } = await client.startBatch(MODEL, { dataset: 'flights', reason: 'bench, killed' });
  while ((await client.batch(MODEL, batchId)).progress.chunksDone === 0) await sleep(20);
  // What runs goes down with the execution: functions left alone would end the chunks that they have begun.
  const scoring = `leeboard-${outputs.environment}-score-chunk`;
  const outputsOf = `arn:aws:s3:::${outputs.storeBucket}/batches/*`;
  const before = await denyWrites(config, scoring, outputsOf, async () => {
    await new SFNClient(config).send(
      new StopExecutionCommand({ executionArn: client.batchArn(MODEL, batchId) }),
    );
    return settledFiles(deployed, await ended(deployed, batchId));
  });
  await client.resumeBatch(MODEL, batchId);
  const batch = await ended(deployed, batchId);
  const after = await filesOf(deployed, batch);
  const redone = [...before].filter(([key, version]) => after.get(key) !== version).length;
  return { batch, done: [...before.keys()].filter((key) => /part-.*json$/.test(key)).length, redone };
}

/** Functions that were at work when it was stopped may still write. */
async function settledFiles(deployed: Deployed, batch: BatchDetails): Promise<Map<string, string>> {
  for (let before = -1; ; ) {
    const files = await filesOf(deployed, batch);
    if (files.size === before) return files;
    before = files.size;
    await sleep(5000);
  }
}

/** S3 version of each file of a batch. */
async function filesOf({ store }: Deployed, { output }: BatchDetails): Promise<Map<string, string>> {
  const keys = await store.list(output);
  const found = await Promise.all(keys.map(({ key }) => store.describe(key)));
  return new Map(found.map(({ key, versionId }) => [key, versionId]));
}

async function hashesOf({ client }: Deployed, { manifest }: BatchDetails): Promise<string[]> {
  const { outputs } = await client.stored<BatchManifest>(manifest as ObjectPointer);
  return outputs.map(({ file }) => file.sha256);
}
