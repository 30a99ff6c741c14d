import { batchPrefix } from '#core/batch/batch-files.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { ServingRegistry } from '#ports/registry.ts';
import { createOnce } from './create-once.ts';

/** An execution that works for a batch. */
export interface BatchExecution {
  readonly model: string;
  readonly batchId: string;
  /** Its name. */
  readonly execution: string;
}

/**
 * The batch that an execution works for.
 * @throws ConflictError when it was cancelled, has failed, or goes on in another execution
 */
export async function requireRunning(
  registry: ServingRegistry,
  { model, batchId, execution }: BatchExecution,
): Promise<Batch> {
  const batch = await registry.batch(model, batchId);
  if (batch?.status === 'running' && batch.execution === execution) return batch;
  throw new ConflictError(
    `batch ${batchId} of ${model} must be running in ${execution}, got ${batch?.status} in ${batch?.execution}`,
  );
}

/**
 * Writes a JSON file of a batch unless it is there: nothing of a batch is ever written over.
 * @returns the one that is there
 */
export async function createFile(
  store: ObjectStore,
  batch: Pick<BatchExecution, 'model' | 'batchId'>,
  name: string,
  body: Uint8Array | string,
): Promise<StoredObject> {
  return createOnce(store, `${batchPrefix(batch)}${name}`, body, 'application/json');
}

/** A file of a batch that may not be there yet, as it is there. */
export async function findFile(
  store: ObjectStore,
  batch: Pick<BatchExecution, 'model' | 'batchId'>,
  name: string,
): Promise<StoredObject | undefined> {
  const key = `${batchPrefix(batch)}${name}`;
  try {
    return await store.describe(key);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
