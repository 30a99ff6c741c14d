import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-reader-'));
const file = join(folder, "it's a file.parquet");
const press = await ParquetPress.open(file.replaceAll("'", "''"));
const reader = openDuckDbReader(join(folder, 'spill'), 256);

afterAll(() => {
  press.close();
  rmSync(folder, { recursive: true });
});

async function columnsOf(sql: string) {
  await press.export(sql, file.replaceAll("'", "''"), 'parquet');
  return reader.readColumns(file);
}

describe('openDuckDbReader', () => {
  it('gives plain values: numbers, texts, conditions, instants as epoch milliseconds, null', async () => {
    const { rows, columns } = await columnsOf(`
      SELECT 9007199254740991::BIGINT AS big, 0.1::DOUBLE AS half, 'ü' AS word, true AS yes,
        TIMESTAMP '2013-01-01 05:00:00.123' AS at
      UNION ALL SELECT NULL, NULL, NULL, NULL, NULL`);
    expect(rows).toBe(2);
    expect(columns).toEqual({
      big: [9_007_199_254_740_991, null],
      half: [0.1, null],
      word: ['ü', null],
      yes: [true, null],
      at: [Date.UTC(2013, 0, 1, 5, 0, 0, 123), null],
    });
  });

  it('gives the columns of a file without rows', async () => {
    expect(await columnsOf('SELECT 1 AS a WHERE false')).toEqual({ rows: 0, columns: { a: [] } });
  });

  it('reads every row of several chunks, in order', async () => {
    const { columns } = await columnsOf('SELECT range::DOUBLE AS n FROM range(5000)');
    expect(columns.n).toEqual(Array.from({ length: 5000 }, (_, index) => index));
  });

  it('fails on a file that is not there', async () => {
    await expect(reader.readColumns(join(folder, 'other.parquet'))).rejects.toThrow('other.parquet');
  });
});
