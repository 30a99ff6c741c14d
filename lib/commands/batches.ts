import { ConflictError } from '#core/errors.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { describeBatch, describeBatches } from './describe-batch.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';

export interface BatchesOptions {
  readonly model: string;
  /** @default all of them */
  readonly batchId?: string | undefined;
  /** Where to put the batch's output: a `.parquet` file or a folder. @default nowhere */
  readonly out?: string;
}

type Client = Pick<LeeboardClient, 'outputs' | 'batches' | 'batch' | 'downloadBatch'>;

/** `leeboard batches`: a model's batches, or one of them and its output. */
export async function batches(
  client: Client,
  { model, batchId, out }: BatchesOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  if (batchId === undefined) {
    if (out !== undefined) throw new UsageError('--out: expected a batch whose output to fetch');
    const found = await client.batches(model);
    print.result({ model, batches: found }, () => describeBatches(model, found));
    return EXIT.ok;
  }
  const batch = await client.batch(model, batchId);
  if (out !== undefined) {
    if (!batch.manifest) {
      throw new ConflictError(
        `batch ${batchId} must have succeeded to be fetched, its status is ${batch.status}`,
      );
    }
    await client.downloadBatch(batch.manifest, out);
  }
  print.result(batch, () => describeBatch(batch, client.outputs.storeBucket, out));
  return EXIT.ok;
}
