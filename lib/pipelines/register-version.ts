import { canonicalJson } from '#core/data/canonical-json.ts';
import { IntegrityError, NotFoundError } from '#core/errors.ts';
import { type BundleFiles, bundleFiles, bundlePrefix, type ModelManifest } from '#core/registry/bundle.ts';
import type { Fence, ModelVersion } from '#core/registry/records.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import type { ModelRegistry } from '#ports/registry.ts';
import { createOnce } from './create-once.ts';

export interface Registration {
  readonly facts: Omit<ModelManifest, 'format' | 'version' | 'files'>;
  /** Where the run left each file of the bundle. */
  readonly files: BundleFiles<StoredObject>;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Gives a run's result the next version number and keeps its bundle for good. Done again after a crash, it
 * ends with the same number and the same bytes.
 * @throws IntegrityError when a file is not the one that the run recorded
 * @throws LeaseLostError when the fence's lease is no longer held
 * @throws ConflictError when the same run, delivered twice, registered it meanwhile: call again
 */
export async function registerVersion(
  store: ObjectStore,
  registry: ModelRegistry,
  { facts, files, metrics }: Registration,
  fence?: Fence,
): Promise<ModelVersion> {
  const { model, runId } = facts;
  const claim = {
    model,
    runId,
    createdAt: facts.createdAt,
    specHash: facts.specHash,
    datasets: Object.fromEntries(facts.datasets.map(({ dataset, version }) => [dataset, version])),
    metrics,
  };
  const claimed = await registry.claimModelVersion(claim, fence);
  if (claimed.status !== 'claimed') return claimed;
  const prefix = bundlePrefix(model, claimed.version);
  const kept = await Promise.all(
    bundleFiles(facts.engine).map(async (name) => {
      const left = files[name];
      if (!left) throw new NotFoundError(`run ${runId} left no ${name}`);
      return [name, await keep(store, left, `${prefix}/${name}`)] as const;
    }),
  );
  const manifest: ModelManifest = {
    format: 1,
    version: claimed.version,
    ...facts,
    files: Object.fromEntries(kept) as ModelManifest['files'],
  };
  const stored = await createOnce(store, `${prefix}/manifest.json`, canonicalJson(manifest));
  const registered: ModelVersion = { ...claimed, status: 'registered', manifest: stored };
  await registry.updateModelVersion(registered, 'claimed', fence);
  return registered;
}

async function keep(store: ObjectStore, source: StoredObject, key: string): Promise<StoredObject> {
  const kept = await createOnce(store, key, await store.readVerified(source));
  if (kept.sha256 !== source.sha256) throw new IntegrityError(key, source.sha256, kept.sha256);
  return kept;
}
