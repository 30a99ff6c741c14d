import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { sha256 } from '#adapters/hash.ts';
import type { BatchManifest } from '#core/batch/batch-files.ts';
import type { DatasetManifest } from '#core/data/manifest.ts';
import { evenlySpaced } from '#core/evaluate/evenly-spaced.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { BatchDetails, BatchOptions } from '#lib/client/answers.ts';
import { resumeBatch, startBatch } from '#lib/commands/batch.ts';
import { batches } from '#lib/commands/batches.ts';
import { EXIT } from '#lib/commands/printer.ts';
import { denyWrites } from '#test/support/deny-writes.ts';
import { flights } from '../../datasets/flights.ts';
import { captured } from '../commands/captured.ts';
import { client, config, outputs, sfn, store, waitFor } from './deployment.ts';
import { flightRows } from './flight-rows.ts';
import { asRequest, dropOrders, type Order, orders } from './orders.ts';
import { champion } from './training.ts';

const MODEL = 'flights-late';
const KEY = [...flights.key].sort();
type Cells = Readonly<Record<string, readonly unknown[]>>;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leeboard-batch-'));
  await champion(MODEL);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const readFile = async (file: string) => openDuckDbReader(join(folder, 'spill')).readColumns(file);
const keysOf = (columns: Cells, rows: number) =>
  Array.from({ length: rows }, (_, row) => JSON.stringify(KEY.map((name) => columns[name]?.[row])));

/** A batch, once it is over. */
async function ended(model: string, batchId: string): Promise<BatchDetails> {
  return waitFor(`the end of batch ${batchId}`, async () => {
    const batch = await client.batch(model, batchId);
    return batch.status !== 'running' && batch;
  });
}

async function score(model: string, options: BatchOptions): Promise<BatchDetails> {
  return ended(model, (await client.startBatch(model, options)).batchId);
}

const manifestOf = ({ manifest }: BatchDetails) => client.stored<BatchManifest>(manifest as ObjectPointer);
const hashesOf = async (batch: BatchDetails) =>
  (await manifestOf(batch)).outputs.map(({ file }) => file.sha256);

/** S3 version of each file of a batch. */
async function filesOf({ output }: BatchDetails): Promise<Record<string, string>> {
  const found = await Promise.all((await store.list(output)).map(({ key }) => store.describe(key)));
  return Object.fromEntries(found.map(({ key, versionId }) => [key, versionId]));
}

describe('a batch over all flights', () => {
  let batch: BatchDetails;
  let scored: Awaited<ReturnType<typeof readFile>>;
  beforeAll(async () => {
    const { print, document } = captured({ json: true });
    const out = join(folder, 'flights.parquet');
    expect(await startBatch(client, { model: MODEL, dataset: 'flights', out, everyMs: 50 }, print)).toBe(
      EXIT.ok,
    );
    batch = document<BatchDetails>();
    scored = await readFile(out);
  });

  it('has every row of the version with its keys, in its order', async () => {
    const [newest] = (await client.dataset('flights')).versions;
    const { parts } = await client.stored<DatasetManifest>(newest?.manifest as ObjectPointer);
    const keys: string[] = [];
    for (const [index, part] of parts.entries()) {
      const file = join(folder, `part-${index}.parquet`);
      await writeFile(file, await store.read(part.key, part.s3VersionId));
      const { rows, columns } = await readFile(file);
      keys.push(...keysOf(columns, rows));
    }
    expect(keysOf(scored.columns, scored.rows)).toEqual(keys);
    expect(batch).toMatchObject({
      status: 'succeeded',
      rows: newest?.rows,
      refused: 0,
      datasetVersion: newest?.version,
      by: expect.stringMatching(/^arn:aws:/),
      progress: { rowsDone: newest?.rows, chunksDone: batch.chunks },
    });
    expect(batch.chunks).toBeGreaterThan(parts.length);
  });

  it('says of each row, to the bit, what the API answers', async () => {
    const rows = await flightRows('02');
    const sample = evenlySpaced(rows.length, 500).map((index) => rows[index] as Record<string, unknown>);
    const { predictions, version } = await client.predict(MODEL, sample);
    expect(version).toBe(batch.version);
    const at = new Map(keysOf(scored.columns, scored.rows).map((key, row) => [key, row]));
    const found = sample.map((row) => {
      const values = { ...row, time_hour: Date.parse(String(row.time_hour)) } as Record<string, unknown>;
      const place = at.get(JSON.stringify(KEY.map((name) => values[name]))) as number;
      const cell = (name: string) => scored.columns[name]?.[place];
      return { probability: cell('probability'), margin: cell('margin'), positive: cell('positive') };
    });
    expect(found).toEqual(predictions);
    expect(new Set(scored.columns.error)).toEqual(new Set([null]));
  });

  it('names in its manifest what it came from, and every output with its hash', async () => {
    const manifest = await manifestOf(batch);
    expect(manifest.bundle.key).toContain(`models/${MODEL}/versions/`);
    expect(manifest.datasets.map(({ dataset }) => dataset)).toEqual(['flights', 'weather']);
    expect(manifest.outputs.reduce((sum, { rows }) => sum + rows, 0)).toBe(batch.rows);
    const { file } = manifest.outputs[0] as BatchManifest['outputs'][number];
    expect(sha256(await store.read(file.key))).toBe(file.sha256);
  });

  it('is fetched as a folder, too', async () => {
    const out = join(folder, 'output');
    const { print } = captured();
    expect(await batches(client, { model: MODEL, batchId: batch.batchId, out }, print)).toBe(EXIT.ok);
    expect(await readdir(out)).toEqual([
      'manifest.json',
      ...(await manifestOf(batch)).outputs.map(({ file }) => file.key.split('/').at(-1)),
    ]);
  });

  describe('that a part of its chunks fails in', () => {
    let failed: BatchDetails;
    let done: Record<string, string>;
    beforeAll(async () => {
      const scoring = `leeboard-${outputs.environment}-score-chunk`;
      const objects = `arn:aws:s3:::${outputs.storeBucket}/batches/${MODEL}/*/part-00002-*`;
      failed = await denyWrites(config, scoring, objects, async () => {
        const ended = await score(MODEL, { dataset: 'flights', datasetVersion: batch.datasetVersion });
        const arn = client.batchArn(MODEL, ended.execution);
        await waitFor('its last function', async () => (await client.execution(arn)).status === 'FAILED');
        return ended;
      });
      done = await filesOf(failed);
    });

    it('is recorded with the chunk’s own error, and keeps what was done', async () => {
      expect(failed.error?.name).toMatch(/AccessDenied|Forbidden/);
      expect(failed.manifest).toBeUndefined();
      const { progress } = await client.batch(MODEL, failed.batchId);
      expect(progress.chunksDone).toBeGreaterThan(0);
      expect(progress.chunksDone).toBeLessThan(batch.chunks);
    });

    it('goes on where it stopped: what was done is not done again, and the whole is what it would have been', async () => {
      const { print, text } = captured();
      const reference = { model: MODEL, batchId: failed.batchId };
      expect(await resumeBatch(client, { ...reference, everyMs: 50 }, print)).toBe(EXIT.ok);
      expect(text()).toContain('succeeded');
      const resumed = await client.batch(MODEL, failed.batchId);
      expect(resumed.execution).toBe(`${failed.batchId}-resume-1`);
      expect(resumed.resumed).toEqual({ by: failed.by, at: expect.any(String) });
      expect(await filesOf(resumed)).toMatchObject(done);
      expect(await hashesOf(resumed)).toEqual(await hashesOf(batch));
      expect(resumed.output).not.toBe(batch.output);
    });
  });
});

describe('batches of models of other tasks', () => {
  it.each(['orders-minutes', 'orders-delivery'])(
    '%s: every row is, to the bit, what the API answers',
    async (model) => {
      const { version } = await champion(model, dropOrders);
      const batch = await score(model, { dataset: 'orders', version });
      expect(batch).toMatchObject({ status: 'succeeded', version });
      const out = join(folder, `${model}.parquet`);
      await client.downloadBatch(batch.manifest as ObjectPointer, out);
      const { columns } = await readFile(out);
      const sample = evenlySpaced(orders().length, 300);
      const { predictions } = await client.predict(
        model,
        sample.map((row) => asRequest(orders()[row] as Order)),
      );
      const cell = (name: string, row: number) => columns[name]?.[row];
      expect(
        sample.map((row, index) => {
          const prediction = predictions[index] as object;
          if ('value' in prediction) return { value: cell('value', row) };
          const { probabilities } = prediction as { probabilities: object };
          return {
            label: cell('label', row),
            probabilities: Object.fromEntries(
              Object.keys(probabilities).map((name) => [name, cell(`probability_${name}`, row)]),
            ),
          };
        }),
      ).toEqual(predictions);
    },
  );
});

describe('a batch that is stopped', () => {
  const model = 'orders-minutes';
  const start = () => client.startBatch(model, { dataset: 'orders' });
  beforeAll(() => champion(model, dropOrders));

  it('by its users is cancelled, stays so, and goes on when it is resumed', async () => {
    const { batchId } = await start();
    expect(await client.cancelBatch(model, batchId)).toMatchObject({ status: 'cancelled' });
    expect(await client.cancelBatch(model, batchId)).toMatchObject({ status: 'cancelled' });
    const { status } = await client.execution(client.batchArn(model, batchId));
    expect(status).toBe('ABORTED');
    expect(await client.resumeBatch(model, batchId)).toMatchObject({ status: 'running' });
    expect(await ended(model, batchId)).toMatchObject({ status: 'succeeded' });
    await expect(client.cancelBatch(model, batchId)).rejects.toMatchObject({ status: 409 });
    await expect(client.resumeBatch(model, batchId)).rejects.toMatchObject({ status: 409 });
  });

  it('behind its back is recorded as failed, and goes on when it is resumed', async () => {
    const { batchId } = await start();
    await sfn.send(new StopExecutionCommand({ executionArn: client.batchArn(model, batchId) }));
    expect(await ended(model, batchId)).toMatchObject({
      status: 'failed',
      error: { name: 'ExecutionLost' },
    });
    await client.resumeBatch(model, batchId);
    expect(await ended(model, batchId)).toMatchObject({ status: 'succeeded' });
  });
});

it('what there is not is said readably', async () => {
  const start = (model: string, options: BatchOptions) => client.startBatch(model, options);
  const cases = [
    [start('nobody', { dataset: 'flights' }), 404, 'no model named "nobody"'],
    [start('silence-high', { dataset: 'silence' }), 404, 'never trained'],
    [start(MODEL, { dataset: 'flights', version: 999 }), 404, 'no version 999'],
    [start(MODEL, { dataset: 'flights', datasetVersion: 999 }), 404, 'dataset flights has no version 999'],
    [start(MODEL, { dataset: 'weather' }), 422, 'expected flights'],
    [start(MODEL, { dataset: 'flights', version: 0 }), 422, 'version'],
    [client.batch(MODEL, 'none'), 404, 'no batch none'],
    [client.cancelBatch(MODEL, 'none'), 404, 'no batch none'],
    [client.resumeBatch(MODEL, 'none'), 404, 'no batch none'],
    [client.batches('nobody'), 404, 'no model named "nobody"'],
  ] as const;
  const saying = (message: string) => expect.stringContaining(message);
  await Promise.all(
    cases.map(([asked, status, message]) =>
      expect(asked).rejects.toMatchObject({ status, message: saying(message) }),
    ),
  );
});
