import type { Batch } from '#core/registry/serving-records.ts';
import type { BatchDetails } from '#lib/client/answers.ts';
import { count, instant, seconds } from './format.ts';
import { green, plain, red, yellow } from './printer.ts';
import { callerName } from './runs.ts';
import { list, table } from './table.ts';

const WIDTH = 24;

/** How far a batch is: the share of its rows that are done, 0 to 1, and a line that shows it. */
export function progressOf({ rows, chunks, progress }: BatchDetails): { share: number; line: string } {
  const { chunksDone, rowsDone, rowsPerSecond } = progress;
  const share = rows === 0 ? 1 : rowsDone / rows;
  const full = Math.floor(share * WIDTH);
  const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
  const done = `${count(rowsDone)} of ${count(rows)} rows, ${chunksDone} of ${chunks} chunks`;
  return { share, line: `${bar}  ${done}, ${count(rowsPerSecond)} rows a second` };
}

/** What became of a batch, and where its output is. @param out where the output was fetched to */
export function describeBatch(batch: BatchDetails, storeBucket: string, out?: string): string {
  const {
    model,
    batchId,
    version,
    dataset,
    datasetVersion,
    startedAt,
    finishedAt,
    resumed,
    error,
    refused,
    drifted,
  } = batch;
  const refusals = refused
    ? `${yellow(count(refused))}: the model does not take them, their error column says why`
    : '0';
  return list([
    ['batch', plain(batchId)],
    ['status', colouredStatus(batch.status)],
    ['scores', `${dataset}@${datasetVersion} by ${model}@${version}`],
    ['asked by', `${callerName(batch.by)}: ${plain(batch.reason)}`],
    ['started (UTC)', instant(startedAt)],
    ...(resumed ? [['resumed', `${instant(resumed.at)} by ${callerName(resumed.by)}`] as const] : []),
    ...(finishedAt ? [['took', seconds(startedAt, finishedAt)] as const] : []),
    ['progress', progressOf(batch).line],
    ...(error ? [['error', plain(`${error.name}: ${error.message}`)] as const] : []),
    ...(refused === undefined ? [] : [['rows without prediction', refusals] as const]),
    ...(drifted
      ? [['drifted columns', drifted.length > 0 ? yellow(drifted.join(', ')) : 'none'] as const]
      : []),
    ['output', `s3://${storeBucket}/${batch.output}`],
    ...(batch.manifest && out !== undefined ? [['fetched to', out] as const] : []),
  ]);
}

/** Batches as a table. */
export function describeBatches(model: string, found: readonly Batch[]): string {
  if (found.length === 0) return `${model} has no batches yet: run "npx leeboard batch ${model} <dataset>"`;
  return table(
    found.map((batch) => ({
      'started (UTC)': instant(batch.startedAt),
      status: colouredStatus(batch.status),
      version: String(batch.version),
      dataset: `${batch.dataset}@${batch.datasetVersion}`,
      rows: count(batch.rows),
      took: batch.finishedAt ? seconds(batch.startedAt, batch.finishedAt) : '-',
      batch: plain(batch.batchId),
      by: callerName(batch.by),
      why: plain(
        batch.status === 'failed' && batch.error
          ? `${batch.error.name}: ${batch.error.message}`
          : batch.reason,
      ),
    })),
  );
}

function colouredStatus(status: Batch['status']): string {
  return { running: yellow, succeeded: green, failed: red, cancelled: yellow }[status](status);
}
