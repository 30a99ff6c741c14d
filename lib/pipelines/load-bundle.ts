import { type ColumnProfile, comparable } from '#core/drift/index.ts';
import { type ModelManifest, modelPointer } from '#core/registry/bundle.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';

/** Where a bundle's files are. */
type VerifiedReader = Pick<ObjectStore, 'readVerified'>;

/** What answering needs of a model version. */
export interface Bundle {
  readonly manifest: ModelManifest;
  readonly signature: Signature;
  readonly decision: Decision;
  /** As the manifest's engine reads it. */
  readonly model: Uint8Array;
}

/**
 * Loads a version's bundle by its manifest, every file checked against the hash that the manifest names.
 * @throws IntegrityError when a byte differs from what was approved
 */
export async function loadBundle(store: VerifiedReader, pointer: StoredObject): Promise<Bundle> {
  const manifest = await readJson<ModelManifest>(store, pointer);
  const [signature, decision, model] = await Promise.all([
    readJson<Signature>(store, manifest.files['signature.json']),
    readJson<Decision>(store, manifest.files['decision.json']),
    store.readVerified(modelPointer(manifest)),
  ]);
  return { manifest, signature, decision, model };
}

/** A version's signature, what its inputs are compared with, and of which columns nothing is kept; see `comparable`. */
export async function readBaseline(store: VerifiedReader, { files }: ModelManifest) {
  const [signature, { columns }] = await Promise.all([
    readJson<Signature>(store, files['signature.json']),
    readJson<{ columns: ColumnProfile[] }>(store, files['baseline.json']),
  ]);
  return { signature, ...comparable(signature, columns) };
}

/** A JSON object of the store. @throws IntegrityError when its bytes are not those recorded */
export async function readJson<T>(store: VerifiedReader, pointer: StoredObject): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await store.readVerified(pointer))) as T;
}
