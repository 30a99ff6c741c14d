import type { Value } from '#core/expression/index.ts';
import type { PreparedReader } from '#ports/preparation.ts';
import { openDuckDb } from './open-duckdb.ts';
import { literal } from './sql.ts';

/** Reads a prepared Parquet file into memory, column by column. */
export function openDuckDbReader(spillDirectory: string, memoryMb = 2048): PreparedReader {
  return {
    async readColumns(file) {
      const database = await openDuckDb({ files: [file], spillDirectory, memoryMb, spillMb: 4096 });
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
function plain(value: unknown): Value {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return value.getTime();
  return (value ?? null) as Value;
}
