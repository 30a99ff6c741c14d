import { batchPrefix } from '#core/batch/batch-files.ts';
import { type Chunk, chunkName } from '#core/batch/chunk.ts';
import { ConflictError, InvalidInputError, NotFoundError, showValue } from '#core/errors.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { ModelVersion, ObjectPointer } from '#core/registry/records.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import { NotReadyError } from '#core/serve/problem-document.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ModelExecutions } from '#ports/executions.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Registry, ServingRegistry } from '#ports/registry.ts';
import { failBatch } from './end-batch.ts';
import { readJson } from './load-bundle.ts';
import { findFile } from './running-batch.ts';

export interface BatchPorts {
  readonly registry: Registry;
  readonly store: ObjectStore;
  /** Of `score-batch`. */
  readonly executions: ModelExecutions;
}

/** What is asked for. */
export interface BatchRequest {
  readonly dataset: string;
  /** @default the newest */
  readonly datasetVersion?: number | undefined;
  /** @default the champion */
  readonly version?: number | undefined;
  readonly reason: string;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Of the new batch; unique. */
  readonly batchId: string;
}

/** Executions that may work for one batch, one after another. */
const MAX_RESUMES = 100;

/**
 * Records a batch and starts the execution that works for it.
 * @throws NotFoundError when there is no such model, version or dataset version
 * @throws NotReadyError when the model has no champion
 * @throws InvalidInputError when the model is made from another dataset
 */
export async function startBatch(ports: BatchPorts, model: string, request: BatchRequest): Promise<Batch> {
  const { registry, store } = ports;
  const { dataset, by, reason, at, batchId } = request;
  const { version, manifest } = await findVersion(registry, model, request.version);
  const { files } = await readJson<ModelManifest>(store, manifest);
  const { from } = await readJson<ModelSpec>(store, files['spec.json']);
  if (dataset !== from.name) {
    const expected = `${from.name}, which ${model}@${version} is made for`;
    throw new InvalidInputError([{ field: 'dataset', expected, got: showValue(dataset) }]);
  }
  const wanted = request.datasetVersion;
  const found = await (wanted === undefined
    ? registry.latestDatasetVersion(dataset)
    : registry.datasetVersion(dataset, wanted));
  if (!found) throw new NotFoundError(`dataset ${dataset} has no version ${wanted ?? 'yet'}`);
  const batch: Batch = {
    model,
    batchId,
    status: 'running',
    by,
    reason,
    startedAt: at,
    version,
    dataset,
    datasetVersion: found.version,
    execution: batchId,
    rows: found.rows,
    chunks: 0,
    output: batchPrefix({ model, batchId }),
  };
  await registry.recordBatch(batch, undefined);
  await startExecution(ports, batch, at);
  return batch;
}

/**
 * Stops a batch. What its functions still do has no effect. Cancelled again, it stays as it is.
 * @throws NotFoundError when there is no such batch
 * @throws ConflictError when it is over
 */
export async function cancelBatch(
  ports: BatchPorts,
  model: string,
  batchId: string,
  { by, at }: { readonly by: string; readonly at: string },
): Promise<Batch> {
  const batch = await findBatch(ports.registry, model, batchId);
  const error = { name: 'Cancelled', message: `cancelled by ${by}` };
  const cancelled: Batch =
    batch.status === 'cancelled' ? batch : { ...batch, status: 'cancelled', finishedAt: at, error };
  if (batch.status !== 'cancelled') {
    if (batch.status !== 'running') {
      throw new ConflictError(`batch ${batchId} of ${model} is over: its status is ${batch.status}`);
    }
    await ports.registry.recordBatch(cancelled, batch);
  }
  await ports.executions.stop(model, batch.execution, error.message);
  return cancelled;
}

/**
 * Goes on with a batch that failed or was cancelled: chunks that are done are not done again.
 * @throws NotFoundError when there is no such batch
 * @throws ConflictError when it succeeded, or an execution works for it
 */
export async function resumeBatch(
  ports: BatchPorts,
  model: string,
  batchId: string,
  asked: { readonly by: string; readonly at: string },
): Promise<Batch> {
  const { finishedAt, error, ...batch } = await findBatch(ports.registry, model, batchId);
  const isLost =
    batch.status === 'running' && (await ports.executions.find(model, batch.execution))?.state !== 'running';
  if (batch.status === 'succeeded' || (batch.status === 'running' && !isLost)) {
    const wanted = `batch ${batchId} of ${model} must be failed or cancelled to be resumed`;
    throw new ConflictError(`${wanted}, got ${batch.status}`);
  }
  const count = Number(/-resume-(\d+)$/.exec(batch.execution)?.[1] ?? 0) + 1;
  if (count > MAX_RESUMES) {
    throw new ConflictError(`batch ${batchId} of ${model} was resumed ${MAX_RESUMES} times: start a new one`);
  }
  const { by, at } = asked;
  const execution = `${batchId}-resume-${count}`;
  const resumed: Batch = { ...batch, status: 'running', execution, resumed: { by, at } };
  await ports.registry.recordBatch(resumed, batch);
  await startExecution(ports, resumed, at);
  return resumed;
}

/** The batch that an execution of that name works for. */
export const batchIdOf = (execution: string): string => execution.replace(/-resume-\d+$/, '');

/** How far a batch is. */
export interface BatchProgress {
  readonly chunksDone: number;
  readonly rowsDone: number;
  /** Since it started, pauses included. */
  readonly rowsPerSecond: number;
}

/** A batch and how far it is. @param now ISO 8601. @throws NotFoundError */
export async function describeBatch(
  { registry, store }: Pick<BatchPorts, 'registry' | 'store'>,
  model: string,
  batchId: string,
  now: string,
): Promise<Batch & { readonly progress: BatchProgress }> {
  const batch = await findBatch(registry, model, batchId);
  const done = await doneChunks(store, batch);
  const rowsDone = done.reduce((sum, { rows }) => sum + rows, 0);
  const seconds = (Date.parse(batch.finishedAt ?? now) - Date.parse(batch.startedAt)) / 1000;
  const rowsPerSecond = Math.round(rowsDone / Math.max(seconds, 0.001));
  return { ...batch, progress: { chunksDone: done.length, rowsDone, rowsPerSecond } };
}

async function doneChunks(store: ObjectStore, batch: Batch): Promise<Chunk[]> {
  const planned = await findFile(store, batch, 'chunks.json');
  if (!planned) return [];
  const chunks = await readJson<Chunk[]>(store, planned);
  const keys = new Set((await store.list(`${batchPrefix(batch)}part-`)).map(({ key }) => key));
  return chunks.filter((chunk) => keys.has(`${batchPrefix(batch)}${chunkName(chunk)}.json`));
}

async function findBatch(registry: ServingRegistry, model: string, batchId: string): Promise<Batch> {
  const batch = await registry.batch(model, batchId);
  if (!batch) throw new NotFoundError(`model ${model} has no batch ${batchId}`);
  return batch;
}

/** A start that fails is no batch that runs. */
async function startExecution({ registry, executions }: BatchPorts, batch: Batch, at: string): Promise<void> {
  const { model, batchId, execution } = batch;
  try {
    const isNew = await executions.start(model, { execution, input: { model, batchId } });
    if (!isNew) throw new ConflictError(`execution ${execution} of ${model} was there before`);
  } catch (thrown) {
    const error = { name: (thrown as Error).name, message: (thrown as Error).message };
    await failBatch(registry, batch, error, at);
    throw thrown;
  }
}

async function findVersion(
  registry: Registry,
  model: string,
  wanted: number | undefined,
): Promise<ModelVersion & { readonly manifest: ObjectPointer }> {
  const number = wanted ?? (await registry.deployment(model))?.champion?.version;
  const found = number === undefined ? undefined : await registry.modelVersion(model, number);
  if (found?.manifest) return { ...found, manifest: found.manifest };
  const [latest] = await registry.modelVersions(model, { limit: 1 });
  if (!latest)
    throw new NotFoundError(`there is no model named ${showValue(model)}, or it was never trained`);
  if (wanted === undefined)
    throw new NotReadyError(`${model} has no champion yet: train it first, or name a version`);
  throw new NotFoundError(`model ${model} has no version ${wanted}`);
}
