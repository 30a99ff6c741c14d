import type { ObjectStore, StoredObject } from '#ports/object-store.ts';
import { readManifest } from './commit-dataset-version.ts';

/**
 * Copies a dataset version's parts to a folder, each under its content's name.
 * @param pointer the version's manifest
 * @param held what was fetched before, by path; what is fetched now is added
 * @returns local paths, oldest part first
 * @throws IntegrityError when a byte is not the one that was accepted
 */
export async function fetchParts(
  store: ObjectStore,
  folder: string,
  pointer: StoredObject,
  held: Map<string, Promise<void>> = new Map(),
): Promise<string[]> {
  const { parts } = await readManifest(store, pointer);
  return Promise.all(
    parts.map(async ({ s3VersionId, ...part }) => {
      const file = `${folder}/${part.sha256}.parquet`;
      const fetched = held.get(file) ?? store.downloadVerified({ ...part, versionId: s3VersionId }, file);
      held.set(file, fetched);
      await fetched;
      return file;
    }),
  );
}
