import type { ModelManifest } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';

/** What answering needs of a model version. */
export interface Bundle {
  readonly manifest: ModelManifest;
  readonly signature: Signature;
  /** UBJSON. */
  readonly model: Uint8Array;
}

/**
 * Loads a version's bundle by its manifest, every file checked against the hash that the manifest names.
 * @throws IntegrityError when a byte differs from what was approved
 */
export async function loadBundle(store: ObjectStore, pointer: StoredObject): Promise<Bundle> {
  const manifest = await readJson<ModelManifest>(store, pointer);
  const [signature, model] = await Promise.all([
    readJson<Signature>(store, manifest.files['signature.json']),
    store.readVerified(manifest.files['model.ubj']),
  ]);
  return { manifest, signature, model };
}

/** A JSON object of the store. @throws IntegrityError when its bytes are not those recorded */
export async function readJson<T>(store: ObjectStore, pointer: StoredObject): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await store.readVerified(pointer))) as T;
}
