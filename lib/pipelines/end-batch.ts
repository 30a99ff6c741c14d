import {
  type BatchManifest,
  type BatchPlan,
  batchPrefix,
  type ScoredChunk,
} from '#core/batch/batch-files.ts';
import { type Chunk, chunkName } from '#core/batch/chunk.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { type ColumnProfile, mergeProfiles } from '#core/drift/index.ts';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { inputDrift } from '#core/monitor/input-drift.ts';
import type { InputDrift } from '#core/monitor/report.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { ServingRegistry } from '#ports/registry.ts';
import { readBaseline, readJson } from './load-bundle.ts';
import { readDocument } from './read-document.ts';
import { type BatchExecution, createFile, requireRunning } from './running-batch.ts';

export interface EndPorts {
  readonly registry: ServingRegistry;
  readonly store: ObjectStore;
}

/** Objects read at the same time. */
const AT_ONCE = 50;

/**
 * Makes sure that every chunk of the plan is there with all its rows, says so in the manifest and in the record.
 * Called again after it succeeded, it says the same.
 * @param at ISO 8601, UTC
 * @throws NotFoundError when a chunk is not there
 * @throws ConflictError when the batch is not this execution's, at the beginning or at the write
 */
export async function endBatch(
  { registry, store }: EndPorts,
  { batch: execution, plan: pointer }: { readonly batch: BatchExecution; readonly plan: StoredObject },
  at: string,
): Promise<Batch> {
  const known = await registry.batch(execution.model, execution.batchId);
  if (known?.status === 'succeeded' && known.execution === execution.execution) return known;
  const batch = await requireRunning(registry, execution);
  const { chunks: planned, ...plan } = await readJson<BatchPlan>(store, pointer);
  const chunks = await readJson<Chunk[]>(store, planned);
  const sizes = new Map((await store.list(batchPrefix(batch))).map(({ key, size }) => [key, size]));
  const outputs: ScoredChunk[] = [];
  let profiles: readonly ColumnProfile[] | undefined;
  for (let start = 0; start < chunks.length; start += AT_ONCE) {
    const block = chunks.slice(start, start + AT_ONCE);
    const done = await Promise.all(block.map((chunk) => doneChunk(store, batch, chunk, sizes)));
    const found = [...(outputs.length > 0 ? [profiles] : []), ...done.map((chunk) => chunk.profiles)];
    profiles = found.reduce(mergeColumns);
    outputs.push(...done.map(({ profiles: _, ...output }) => output));
  }
  const inputs = profiles && (await driftOf(store, plan.bundle, profiles));
  const refused = outputs.reduce((sum, output) => sum + output.refused, 0);
  const body: BatchManifest = { ...plan, refused, outputs, ...(inputs && { inputs }) };
  const manifest = await createFile(store, batch, 'manifest.json', canonicalJson(body));
  const drifted = inputs?.drifted;
  const ended: Batch = {
    ...batch,
    status: 'succeeded',
    finishedAt: at,
    manifest,
    refused,
    ...(drifted && { drifted }),
  };
  await registry.recordBatch(ended, batch);
  return ended;
}

/** None where a chunk has none: what is missing might be what drifted. */
function mergeColumns(
  a: readonly ColumnProfile[] | undefined,
  b: readonly ColumnProfile[] | undefined,
): readonly ColumnProfile[] | undefined {
  return a && b && a.map((profile, index) => mergeProfiles(profile, b[index] as ColumnProfile));
}

/** As `monitor-model` judges a window. */
async function driftOf(
  store: ObjectStore,
  bundle: ObjectPointer,
  profiles: readonly ColumnProfile[],
): Promise<InputDrift> {
  const manifest = await readJson<ModelManifest>(store, bundle);
  const { monitor } = await readJson<ModelSpec>(store, manifest.files['spec.json']);
  const { compared, sensitive } = await readBaseline(store, manifest);
  return inputDrift(compared, profiles, {
    threshold: monitor.psi,
    minRows: monitor.minRows,
    weights: null,
    sensitive,
  });
}

async function doneChunk(
  store: ObjectStore,
  batch: Batch,
  chunk: Chunk,
  sizes: ReadonlyMap<string, number>,
): Promise<ScoredChunk> {
  const key = `${batchPrefix(batch)}${chunkName(chunk)}.json`;
  if (!sizes.has(key)) throw new NotFoundError(`${key} does not exist: resume the batch`);
  const scored = await readDocument<ScoredChunk>(store, key);
  const { file, rows } = scored;
  if (rows !== chunk.rows || sizes.get(file.key) !== file.size) {
    const got = `${rows} rows in ${sizes.get(file.key) ?? 'no'} bytes`;
    throw new ConflictError(`${file.key}: expected ${chunk.rows} rows in ${file.size} bytes, got ${got}`);
  }
  return scored;
}

/** What an execution failed of; of the first chunk that failed, when one did. */
export interface BatchFailure {
  readonly name: string;
  readonly message: string;
}

/**
 * Records that an execution failed, unless the batch was cancelled, has failed before, or goes on in another execution.
 * @returns what the batch's record says that it failed of, else `failure`
 */
export async function failBatch(
  registry: ServingRegistry,
  { model, batchId, execution }: BatchExecution,
  failure: BatchFailure,
  at: string,
): Promise<BatchFailure> {
  const batch = await registry.batch(model, batchId);
  if (batch?.status !== 'running' || batch.execution !== execution) return batch?.error ?? failure;
  try {
    await registry.recordBatch({ ...batch, status: 'failed', finishedAt: at, error: failure }, batch);
    return failure;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    // Chunks fail together, and somebody may cancel or resume: the first one's record stays.
    return (await registry.batch(model, batchId))?.error ?? failure;
  }
}
