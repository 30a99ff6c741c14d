import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { IntegrityError, InvalidInputError, NotFoundError } from '#core/errors.ts';
import { bundleFiles, MODEL_FILE, type ModelManifest } from '#core/registry/bundle.ts';
import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import { sha256 } from '../hash.ts';

export const MANIFEST = 'manifest.json';

/** The files of one version's bundle in one folder, under the names that they have in the store's folder. */
export class BundleDirectory implements Pick<ObjectStore, 'readVerified'> {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * The manifest, which names all other files with their hashes.
   * @param approved SHA-256 that it must have. @default any: then the manifest itself is trusted
   * @throws NotFoundError, IntegrityError
   * @throws InvalidInputError when it is not the manifest of a bundle
   */
  async manifest(approved?: string): Promise<StoredObject> {
    const bytes = await this.#read(MANIFEST);
    const found = { key: MANIFEST, versionId: '', size: bytes.length, sha256: approved ?? sha256(bytes) };
    await this.readVerified(found);
    requireManifest(join(this.#folder, MANIFEST), bytes);
    return found;
  }

  async readVerified({ key, sha256: recorded }: StoredObject): Promise<Uint8Array> {
    const name = key.slice(key.lastIndexOf('/') + 1);
    const bytes = await this.#read(name);
    const got = sha256(bytes);
    if (got !== recorded) throw new IntegrityError(join(this.#folder, name), recorded, got);
    return bytes;
  }

  async #read(name: string): Promise<Uint8Array> {
    try {
      return await readFile(join(this.#folder, name));
    } catch (error) {
      const file = join(this.#folder, name);
      throw new NotFoundError(`${file} cannot be read: a bundle has ${MANIFEST} and the files it names`, {
        cause: error,
      });
    }
  }
}

function requireManifest(file: string, bytes: Uint8Array): void {
  try {
    const { engine, files } = JSON.parse(new TextDecoder().decode(bytes)) as ModelManifest;
    if (Object.hasOwn(MODEL_FILE, engine) && bundleFiles(engine).every((name) => files[name])) return;
  } catch {
    // Not JSON, or of another shape.
  }
  const expected = "the manifest of a model version's bundle";
  throw new InvalidInputError([{ field: file, expected, got: 'something else' }]);
}
