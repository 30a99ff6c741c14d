import { access, rename } from 'node:fs/promises';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { literal } from '#adapters/duckdb/sql.ts';

/** Writes what a query gives as Parquet; a file that is there stays as it is. */
export async function writeParquetOnce(file: string, query: string, spillDirectory: string): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (there) return;
  const aside = `${file}.part`;
  const database = await openDuckDb({ files: [aside], spillDirectory, memoryMb: 2048 });
  try {
    await database.run(
      `COPY (${query}) TO ${literal(aside)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
    );
  } finally {
    database.closeSync();
  }
  await rename(aside, file);
}
