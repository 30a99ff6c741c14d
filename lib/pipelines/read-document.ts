import type { ObjectStore } from '#ports/object-store.ts';

/** A JSON object of the store by its key alone, the newest version; where its bytes are recorded use `readJson`. */
export async function readDocument<T>(store: Pick<ObjectStore, 'read'>, key: string): Promise<T> {
  return JSON.parse(new TextDecoder().decode(await store.read(key))) as T;
}
