import type { Value } from '#core/expression/index.ts';
import type { PreparedReader } from '#ports/preparation.ts';
import { openDuckDb } from './open-duckdb.ts';
import { readSets } from './read-sets.ts';
import { literal } from './sql.ts';

/** Reads prepared Parquet files into memory. */
export function openDuckDbReader(spillDirectory: string, memoryMb = 2048): PreparedReader {
  const open = (file: string) => openDuckDb({ files: [file], spillDirectory, memoryMb, spillMb: 4096 });
  return {
    async readSets(file, signature) {
      const database = await open(file);
      try {
        return await readSets(database, file, signature);
      } finally {
        database.closeSync();
      }
    },
    async readColumns(file) {
      const database = await open(file);
      try {
        const found = await database.runAndReadAll(`SELECT * FROM read_parquet(${literal(file)})`);
        const columns = found.getColumnsJS();
        return {
          rows: found.currentRowCount,
          columns: Object.fromEntries(
            found.columnNames().map((name, index) => [name, (columns[index] ?? []).map(plain)]),
          ),
        };
      } finally {
        database.closeSync();
      }
    },
  };
}

/** BIGINT comes as bigint, TIMESTAMP as Date. */
export function plain(value: unknown): Value {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  return (value ?? null) as Value;
}
