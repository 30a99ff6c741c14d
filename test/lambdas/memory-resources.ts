import type { Run } from '#core/registry/records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import { MemoryRegistry } from '#test/support/memory-registry.ts';
import { MemoryStore } from '#test/support/memory-store.ts';

/** What functions are given in place of a bucket and a table; new for each test. */
export const memory = { store: new MemoryStore(), registry: new MemoryRegistry() };

/** For `vi.mock('../../lambdas/shared/resources.ts', ...)`; the buckets of specs and drops are the store, too. */
export const memoryResources = {
  store: () => memory.store,
  registry: () => memory.registry,
  bucket: () => memory.store,
  incoming: () => memory.store,
};

/** Empties both, and sets what Lambda sets. */
export function openMemory(): void {
  memory.store = new MemoryStore();
  memory.registry = new MemoryRegistry();
  process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE = '1024';
  process.env.CODE_VERSION = 'code-2';
  process.env.ENVIRONMENT = 'dev';
}

/** Leaves a model's spec, and names it as the model's stack does for its functions. */
export async function leaveSpec(model: ModelSpec): Promise<void> {
  const { key, sha256 } = await leave('spec.json', model);
  Object.assign(process.env, { MODEL: model.name, SPEC_BUCKET: 'specs', SPEC_KEY: key, SPEC_SHA256: sha256 });
}

/** A run's payload as the first state hands it on. */
export const run = {
  model: 'trips-late',
  runId: 'r',
  asOf: '2013-04-01T00:00:00.000Z',
  startedAt: '2013-04-01T00:01:00.000Z',
  by: 'a person',
  spec: { bucket: 'specs', key: 'spec.json', sha256: '' },
  execution: 'r',
};

/** The run's record as it is when its training begins. */
export const begun: Run = {
  model: run.model,
  runId: run.runId,
  pipeline: 'train-model',
  status: 'running',
  startedAt: run.startedAt,
  by: run.by,
  execution: run.execution,
};

export const pointer = (name: string): StoredObject => ({
  key: name,
  versionId: '0',
  size: 1,
  sha256: `of ${name}`,
});

/** Leaves JSON where a function will read it. */
export const leave = (
  key: string,
  value: unknown,
  store: ObjectStore = memory.store,
): Promise<StoredObject> => store.write(key, JSON.stringify(value));

export async function readBack<T>({ key }: { readonly key: string }): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await memory.store.read(key))) as T;
}
