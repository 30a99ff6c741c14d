import type { BatchDataset, BatchPlan } from '#core/batch/batch-files.ts';
import { planChunks } from '#core/batch/chunk.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { NotFeasibleError, NotFoundError } from '#core/errors.ts';
import type { ModelManifest } from '#core/registry/bundle.ts';
import type { DatasetVersion } from '#core/registry/records.ts';
import type { Batch } from '#core/registry/serving-records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { Registry } from '#ports/registry.ts';
import { readManifest } from './commit-dataset-version.ts';
import { readJson } from './load-bundle.ts';
import { type BatchExecution, createFile, findFile, requireRunning } from './running-batch.ts';

export interface PlanPorts {
  readonly registry: Registry;
  readonly store: ObjectStore;
}

/**
 * Plans a batch, or finds the plan that an earlier execution made.
 * @returns where the plan is, and the array of its chunks
 * @throws ConflictError when the batch is not this execution's, at the beginning or at the write
 */
export async function planBatch(
  ports: PlanPorts,
  execution: BatchExecution,
): Promise<{ plan: StoredObject; chunks: StoredObject }> {
  const { registry, store } = ports;
  const batch = await requireRunning(registry, execution);
  const plan = (await findFile(store, batch, 'plan.json')) ?? (await makePlan(ports, batch));
  const { chunks } = await readJson<BatchPlan>(store, plan);
  const { length } = await readJson<unknown[]>(store, chunks);
  if (batch.chunks !== length) await registry.recordBatch({ ...batch, chunks: length }, batch);
  return { plan, chunks };
}

async function makePlan({ registry, store }: PlanPorts, batch: Batch): Promise<StoredObject> {
  const { model, batchId, version, rows } = batch;
  const bundle = (await registry.modelVersion(model, version))?.manifest;
  if (!bundle) throw new NotFoundError(`model ${model} has no version ${version}`);
  const spec = await readJson<ModelSpec>(
    store,
    (await readJson<ModelManifest>(store, bundle)).files['spec.json'],
  );
  const scored = await registry.datasetVersion(batch.dataset, batch.datasetVersion);
  const joined = [...new Set(spec.join.map(({ dataset }) => dataset.name))].filter(
    (name) => name !== batch.dataset,
  );
  const datasets = [
    named(batch.dataset, scored),
    ...(await Promise.all(
      joined.map(async (name) => named(name, await registry.latestDatasetVersion(name))),
    )),
  ];
  const { parts } = await readManifest(store, (datasets[0] as BatchDataset).manifest);
  const chunks = await createFile(store, batch, 'chunks.json', canonicalJson(planChunks(parts)));
  const plan: BatchPlan = { format: 1, model, batchId, version, bundle, datasets, rows, chunks };
  return createFile(store, batch, 'plan.json', canonicalJson(plan));
}

function named(dataset: string, found: DatasetVersion | undefined): BatchDataset {
  if (!found) throw new NotFeasibleError(`expected a version of dataset ${dataset} to join, got none`);
  return { dataset, version: found.version, manifest: found.manifest };
}
