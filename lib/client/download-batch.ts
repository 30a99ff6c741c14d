import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { BatchManifest } from '#core/batch/batch-files.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { ObjectStore } from '#ports/object-store.ts';

/** Files fetched at the same time. */
const AT_ONCE = 8;

/**
 * Fetches a batch's output, every file checked against the hash in the manifest.
 * @param out a name that ends in `.parquet` becomes one file with all rows; any other a folder with the outputs as they
 * are and `manifest.json`. What was there under these names is replaced.
 * @throws IntegrityError when a byte differs from what was recorded; then no file is there that was not before, only
 * perhaps the folder that was to hold it
 */
export async function downloadBatch(
  store: ObjectStore,
  manifestPointer: ObjectPointer,
  out: string,
): Promise<void> {
  const isFile = out.endsWith('.parquet');
  const place = isFile ? dirname(out) : out;
  await mkdir(place, { recursive: true });
  const folder = await mkdtemp(join(place, '.leeboard-'));
  try {
    const body = await store.readVerified(manifestPointer);
    const { outputs } = JSON.parse(new TextDecoder().decode(body)) as BatchManifest;
    const fileOf = ({ key }: ObjectPointer) => join(folder, basename(key));
    for (let start = 0; start < outputs.length; start += AT_ONCE) {
      const block = outputs.slice(start, start + AT_ONCE);
      await Promise.all(block.map(({ file }) => store.downloadVerified(file, fileOf(file))));
    }
    const files = outputs.map(({ file }) => fileOf(file));
    if (isFile) {
      const merged = join(folder, 'all.parquet');
      const { mergeParquet } = await import('#adapters/duckdb/merge-parquet.ts');
      await mergeParquet(files, merged, join(folder, 'spill'));
      await rename(merged, out);
    } else {
      for (const file of files) await rename(file, join(out, basename(file)));
      await writeFile(join(out, 'manifest.json'), body);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
