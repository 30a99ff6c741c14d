import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleFiles, type ModelManifest } from '#core/registry/bundle.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { ObjectStore } from '#ports/object-store.ts';

/**
 * Copies a version's bundle into a folder, as SageMaker unpacks a `model.tar.gz`, every file checked against its hash.
 * @param pointer the version's manifest
 * @throws IntegrityError when a byte differs from what was approved
 */
export async function downloadBundle(
  store: Pick<ObjectStore, 'readVerified' | 'downloadVerified'>,
  pointer: ObjectPointer,
  folder: string,
): Promise<void> {
  const bytes = await store.readVerified(pointer);
  const { engine, files } = JSON.parse(new TextDecoder().decode(bytes)) as ModelManifest;
  await mkdir(folder, { recursive: true });
  await Promise.all(
    bundleFiles(engine).map((name) =>
      store.downloadVerified(files[name] as ObjectPointer, join(folder, name)),
    ),
  );
  await writeFile(join(folder, 'manifest.json'), bytes);
}
