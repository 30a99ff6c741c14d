import { describe, expect, it } from 'vitest';
import type { BatchDetails, BatchOptions } from '#lib/client/answers.ts';
import { cancelBatch, resumeBatch, startBatch } from '#lib/commands/batch.ts';
import { batches } from '#lib/commands/batches.ts';
import { captured } from './captured.ts';
import { outputs } from './outputs.ts';

const pointer = { key: 'manifest.json', versionId: '1', size: 1, sha256: 'of it' };

/** A batch of 40,000 rows in four chunks, of which so many are done. */
const batch = (chunksDone: number, changes: Partial<BatchDetails> = {}): BatchDetails => ({
  model: 'late',
  batchId: 'b',
  status: 'running',
  by: 'arn:aws:iam::1:user/ada',
  reason: 'why',
  startedAt: '2026-01-01T00:00:00.000Z',
  version: 2,
  dataset: 'flights',
  datasetVersion: 4,
  execution: 'b',
  rows: 40_000,
  chunks: 4,
  output: 'batches/late/b/',
  progress: { chunksDone, rowsDone: chunksDone * 10_000, rowsPerSecond: 5000 },
  ...changes,
});
const finishedAt = '2026-01-01T00:00:08.000Z';
const succeeded = batch(4, {
  status: 'succeeded',
  finishedAt,
  manifest: pointer,
  refused: 3,
  drifted: ['km', 'city'],
});
const failed = batch(1, {
  status: 'failed',
  finishedAt,
  resumed: { by: 'arn:aws:iam::1:user/bob', at: '2026-01-01T00:00:04.000Z' },
  error: { name: 'OutageError', message: 'no power' },
});

/** A deployment whose batch looks like this, one look after another, at last always the last. */
function deployment(...looks: BatchDetails[]) {
  const asked: BatchOptions[] = [];
  const fetched: string[] = [];
  const accepted = async () => ({
    batchId: 'b',
    status: 'running' as const,
    version: 2,
    dataset: 'flights',
    datasetVersion: 4,
  });
  return {
    outputs,
    asked,
    fetched,
    startBatch: async (_: string, options: BatchOptions) => {
      asked.push(options);
      return accepted();
    },
    resumeBatch: accepted,
    cancelBatch: async () => ({ ...(await accepted()), status: 'cancelled' as const }),
    batch: async () => (looks.length > 1 ? looks.shift() : looks[0]) as BatchDetails,
    batches: async () => looks,
    downloadBatch: async (_: unknown, out: string) => {
      fetched.push(out);
    },
  };
}
const quick = { model: 'late', everyMs: 1 };

describe('batch', () => {
  it('tells how far it is, fetches the output and ends with where it is', async () => {
    const client = deployment(batch(0, { chunks: 0 }), batch(1), batch(1), batch(3), succeeded);
    const { print, text } = captured();
    const options = { ...quick, dataset: 'flights@4', version: '2', reason: 'why', out: 'x.parquet' };
    expect(await startBatch(client, options, print)).toBe(0);
    expect(client.asked).toEqual([{ dataset: 'flights', datasetVersion: 4, version: 2, reason: 'why' }]);
    expect(client.fetched).toEqual(['x.parquet']);
    expect(text().split('\n').slice(0, 4)).toEqual([
      'scoring flights@4 by late@2: batch b',
      '██████░░░░░░░░░░░░░░░░░░  10,000 of 40,000 rows, 1 of 4 chunks, 5,000 rows a second',
      '██████████████████░░░░░░  30,000 of 40,000 rows, 3 of 4 chunks, 5,000 rows a second',
      '████████████████████████  40,000 of 40,000 rows, 4 of 4 chunks, 5,000 rows a second',
    ]);
    expect(text()).toMatch(/^status +succeeded$/m);
    expect(text()).toMatch(/^took +8\.0 s$/m);
    expect(text()).toMatch(/^rows without prediction +3: the model does not take them/m);
    expect(text()).toMatch(/^drifted columns +km, city$/m);
    expect(text()).toMatch(/^fetched to +x\.parquet$/m);
  });

  it('ends with 1 and the error when it failed, says who resumed it, and fetches nothing', async () => {
    const client = deployment(failed);
    const { print, text } = captured();
    expect(await startBatch(client, { ...quick, dataset: 'flights', out: 'x' }, print)).toBe(1);
    expect(client.asked).toEqual([{ dataset: 'flights' }]);
    expect(client.fetched).toEqual([]);
    expect(text()).toMatch(/^resumed +2026-01-01 00:00:04 by bob$/m);
    expect(text()).toMatch(/^error +OutageError: no power$/m);
  });

  it('--json gives one document, --no-wait the batch that was begun', async () => {
    const waited = captured({ json: true });
    await startBatch(deployment(batch(1), succeeded), { ...quick, dataset: 'flights' }, waited.print);
    expect(waited.document()).toEqual(succeeded);
    const begun = captured({ json: true });
    await startBatch(deployment(failed), { ...quick, dataset: 'flights', wait: false }, begun.print);
    expect(begun.document()).toMatchObject({ model: 'late', batchId: 'b', status: 'running' });
  });

  it('refuses what it cannot read before it asks', async () => {
    const client = deployment(succeeded);
    const start = (options: object) =>
      startBatch(client, { ...quick, dataset: 'flights', ...options }, captured().print);
    await expect(start({ dataset: 'flights@0' })).rejects.toThrow('expected a dataset such as flights');
    await expect(start({ version: '0' })).rejects.toThrow('--version: expected a whole number');
    await expect(start({ wait: false, out: 'x' })).rejects.toThrow('--out: expected to wait');
    await expect(start({ model: 'nobody' })).rejects.toThrow('no model named "nobody"');
    expect(client.asked).toEqual([]);
  });

  it('cancel and resume say what became of it', async () => {
    const { print, text } = captured();
    expect(await cancelBatch(deployment(failed), { model: 'late', batchId: 'b' }, print)).toBe(0);
    expect(text()).toBe('cancelled: batch b of late; "npx leeboard batch resume late b" goes on with it\n');
    const resumed = captured();
    const options = { ...quick, batchId: 'b' };
    expect(await resumeBatch(deployment(batch(2), succeeded), options, resumed.print)).toBe(0);
    expect(resumed.text()).toMatch(/^resuming batch b of late$/m);
  });
});

describe('batches', () => {
  it('lists them with why, or the error of one that failed', async () => {
    const { print, text } = captured();
    expect(await batches(deployment(succeeded, failed), { model: 'late' }, print)).toBe(0);
    expect(text()).toMatch(/succeeded +2 {2}flights@4 {2}40,000 {2}8\.0 s {2}b +ada {2}why$/m);
    expect(text()).toMatch(/failed .* OutageError: no power$/m);
  });

  it('fetches the output of one that succeeded, and of no other', async () => {
    const client = deployment(succeeded);
    await batches(client, { model: 'late', batchId: 'b', out: 'folder' }, captured().print);
    expect(client.fetched).toEqual(['folder']);
    const other = batches(deployment(failed), { model: 'late', batchId: 'b', out: 'x' }, captured().print);
    await expect(other).rejects.toThrow('must have succeeded to be fetched, its status is failed');
  });
});
