import { readFile, writeFile } from 'node:fs/promises';
import { sha256 } from '#adapters/hash.ts';
import { IntegrityError, NotFoundError } from '#core/errors.ts';
import type { ListedObject, ObjectStore, StoredObject } from '#ports/object-store.ts';

/** A versioned bucket in memory, with the promises of the port. */
export class MemoryStore implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array[]>();

  async read(key: string, versionId?: string): Promise<Uint8Array> {
    const versions = this.#objects.get(key) ?? [];
    const body = versionId === undefined ? versions.at(-1) : versions[Number(versionId)];
    if (!body) throw new NotFoundError(`${key} does not exist`);
    return body;
  }

  async readVerified(object: StoredObject): Promise<Uint8Array> {
    const body = await this.read(object.key, object.versionId);
    if (sha256(body) !== object.sha256) throw new IntegrityError(object.key, object.sha256, sha256(body));
    return body;
  }

  async download(key: string, file: string, versionId?: string): Promise<Omit<StoredObject, 'key'>> {
    const body = await this.read(key, versionId);
    await writeFile(file, body);
    return {
      versionId: versionId ?? String(this.versions(key) - 1),
      size: body.length,
      sha256: sha256(body),
    };
  }

  async downloadVerified(object: StoredObject, file: string): Promise<void> {
    await writeFile(file, await this.readVerified(object));
  }

  async write(key: string, body: Uint8Array | string): Promise<StoredObject> {
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const versions = [...(this.#objects.get(key) ?? []), bytes];
    this.#objects.set(key, versions);
    return { key, versionId: String(versions.length - 1), size: bytes.length, sha256: sha256(bytes) };
  }

  async create(key: string, body: Uint8Array | string): Promise<StoredObject | undefined> {
    return this.#objects.has(key) ? undefined : this.write(key, body);
  }

  async describe(key: string): Promise<StoredObject> {
    const body = await this.read(key);
    return { key, versionId: String(this.versions(key) - 1), size: body.length, sha256: sha256(body) };
  }

  async upload(file: string, key: string): Promise<StoredObject> {
    return this.write(key, await readFile(file));
  }

  async list(prefix: string): Promise<ListedObject[]> {
    const keys = [...this.#objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.map((key) => {
      const body = this.#objects.get(key)?.at(-1) as Uint8Array;
      return { key, size: body.length, etag: sha256(body) };
    });
  }

  /** How often `key` was written. */
  versions(key: string): number {
    return this.#objects.get(key)?.length ?? 0;
  }

  /** Changes a stored byte, as no caller of the port can. */
  flipByte({ key, versionId }: StoredObject): void {
    const body = this.#objects.get(key)?.[Number(versionId)];
    if (!body) throw new NotFoundError(`${key} does not exist`);
    body[body.length >> 1] = (body[body.length >> 1] as number) ^ 1;
  }
}
