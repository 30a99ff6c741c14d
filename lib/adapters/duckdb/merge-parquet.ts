import { openDuckDb } from './open-duckdb.ts';
import { literal } from './sql.ts';

/** Writes the rows of Parquet files with the same columns as one file, in their order. @param spillDirectory for what does not fit */
export async function mergeParquet(
  files: readonly string[],
  output: string,
  spillDirectory: string,
): Promise<void> {
  const database = await openDuckDb({ files: [...files, output], spillDirectory, memoryMb: 1024 });
  try {
    await database.run(
      `COPY (SELECT * FROM read_parquet([${files.map(literal).join(', ')}]))
         TO ${literal(output)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
    );
  } finally {
    database.closeSync();
  }
}
