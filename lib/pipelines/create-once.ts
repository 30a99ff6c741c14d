import type { ObjectStore, StoredObject } from '#ports/object-store.ts';

/** Writes an object unless one is there. @returns the one that is there */
export async function createOnce(
  store: ObjectStore,
  key: string,
  body: Uint8Array | string,
  contentType?: string,
): Promise<StoredObject> {
  return (await store.create(key, body, contentType)) ?? (await store.describe(key));
}
