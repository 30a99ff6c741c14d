import { setTimeout as sleep } from 'node:timers/promises';
import { showValue } from '#core/errors.ts';
import type { BatchDetails } from '#lib/client/answers.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { describeBatch, progressOf } from './describe-batch.ts';
import { EXIT, type ExitCode, type Printer, plain, yellow } from './printer.ts';

/** A batch is looked at so often. */
const EVERY_MS = 500;

interface Waited {
  readonly model: string;
  /** Whether to wait for the end. @default true */
  readonly wait?: boolean;
  /** Whether to show a bar, live. @default false */
  readonly follow?: boolean;
  /** Where to put the output: a `.parquet` file or a folder. @default nowhere */
  readonly out?: string;
  readonly everyMs?: number;
}

export interface StartBatchOptions extends Waited {
  /** `flights@4`, or `flights` for the newest version. */
  readonly dataset: string;
  /** Of the model. @default the champion */
  readonly version?: string;
  readonly reason?: string;
}

export interface BatchReference {
  readonly model: string;
  readonly batchId: string;
}

type WaitingClient = Pick<LeeboardClient, 'outputs' | 'batch' | 'downloadBatch'>;

/** `leeboard batch`: scores every row of a dataset version. */
export async function startBatch(
  client: WaitingClient & Pick<LeeboardClient, 'startBatch'>,
  options: StartBatchOptions,
  print: Printer,
): Promise<ExitCode> {
  const { model, dataset, version, reason } = options;
  requireKnown('model', model, deployedModels(client.outputs));
  requireWaiting(options);
  const accepted = await client.startBatch(model, {
    ...parseDataset(dataset),
    ...(version !== undefined && { version: parseVersion(version) }),
    ...(reason !== undefined && { reason }),
  });
  const what = `${accepted.dataset}@${accepted.datasetVersion} by ${model}@${accepted.version}`;
  if (options.wait === false) {
    print.result({ model, ...accepted }, () => `scoring ${what}: batch ${accepted.batchId}`);
    return EXIT.ok;
  }
  print.progress(`scoring ${what}: batch ${accepted.batchId}`);
  return followBatch(client, { ...options, batchId: accepted.batchId }, print);
}

/** `leeboard batch cancel`: stops a batch. It has ended when this returns. */
export async function cancelBatch(
  client: Pick<LeeboardClient, 'outputs' | 'cancelBatch'>,
  { model, batchId }: BatchReference,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const cancelled = await client.cancelBatch(model, batchId);
  print.result({ model, ...cancelled }, () => {
    const advice = `"npx leeboard batch resume ${model} ${plain(batchId)}" goes on with it`;
    return `${yellow(cancelled.status)}: batch ${plain(batchId)} of ${model}; ${advice}`;
  });
  return EXIT.ok;
}

/** `leeboard batch resume`: goes on with a batch; what is done is not done again. */
export async function resumeBatch(
  client: WaitingClient & Pick<LeeboardClient, 'resumeBatch'>,
  options: Waited & BatchReference,
  print: Printer,
): Promise<ExitCode> {
  const { model, batchId, wait = true } = options;
  requireKnown('model', model, deployedModels(client.outputs));
  requireWaiting(options);
  const accepted = await client.resumeBatch(model, batchId);
  if (!wait) {
    print.result({ model, ...accepted }, () => `batch ${plain(batchId)} goes on`);
    return EXIT.ok;
  }
  print.progress(`resuming batch ${plain(batchId)} of ${model}`);
  return followBatch(client, options, print);
}

/** Waits for a batch's end, tells on the way how far it is, and fetches its output where that is wanted. */
async function followBatch(
  client: WaitingClient,
  { model, batchId, follow = false, out, everyMs = EVERY_MS }: Waited & BatchReference,
  print: Printer,
): Promise<ExitCode> {
  let tenths = -1;
  let batch: BatchDetails;
  for (;;) {
    batch = await client.batch(model, batchId);
    const { share, line } = progressOf(batch);
    if (follow && print.canDraw) print.draw([line]);
    else if (Math.floor(share * 10) > tenths && batch.chunks > 0) {
      tenths = Math.floor(share * 10);
      print.progress(line);
    }
    if (batch.status !== 'running') break;
    await sleep(everyMs);
  }
  if (batch.manifest && out !== undefined) await client.downloadBatch(batch.manifest, out);
  print.result(batch, () => describeBatch(batch, client.outputs.storeBucket, out));
  return batch.status === 'succeeded' ? EXIT.ok : EXIT.failed;
}

function requireWaiting({ wait = true, out }: Waited): void {
  if (!wait && out !== undefined) {
    throw new UsageError('--out: expected to wait for the output; "npx leeboard batches" fetches it later');
  }
}

function parseDataset(text: string): { dataset: string; datasetVersion?: number } {
  const [, dataset, version] = /^([a-z0-9][a-z0-9-]{0,62})(?:@([1-9]\d{0,8}))?$/.exec(text) ?? [];
  if (dataset === undefined) {
    throw new UsageError(`expected a dataset such as flights or flights@4, got ${showValue(text)}`);
  }
  return { dataset, ...(version !== undefined && { datasetVersion: Number(version) }) };
}

function parseVersion(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--version: expected a whole number of at least 1, got ${showValue(text)}`);
}
