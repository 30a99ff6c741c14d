import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCsvRecord } from '#adapters/duckdb/csv-record.ts';
import { openCsv } from '#adapters/duckdb/open-csv.ts';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { queryRows } from '#adapters/duckdb/query.ts';
import { text } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';

const directory = mkdtempSync(join(tmpdir(), 'leeboard-csv-'));
const path = join(directory, 'file');
const cutPath = join(directory, 'cut');
let database: DuckDBConnection;

beforeAll(async () => {
  const spillDirectory = join(directory, 'spill');
  database = await openDuckDb({ files: [path, cutPath], spillDirectory, memoryMb: 512, threads: 1 });
});
afterAll(() => {
  database.closeSync();
  rmSync(directory, { recursive: true });
});

const piece = fc.constantFrom(
  'x',
  '"',
  '""',
  ',',
  ' ',
  '\n',
  '\r\n',
  '\t',
  'é',
  '"x"',
  ',x\n',
  'x,y\n',
  ' "',
  '" ',
  '\\',
  '#',
  "'",
);
const body = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

describe('openCsv', () => {
  // A row that only one of the two sees would shift every row number after it.
  it.each([[['a', 'b']], [['a']]])(
    'sees in any file the rows and values that the engine reads (columns %j)',
    async (names) => {
      const columns = Object.fromEntries(names.map((name) => [name, text({ nullable: true })]));
      const dataset = defineDataset({ name: 'any', columns });
      await fc.assert(
        fc.asyncProperty(body, fc.constantFrom('\n', '\r\n'), async (rows, lineEnd) => {
          writeFileSync(path, names.join(',') + lineEnd + rows);
          const { source, problems } = openCsv({ database, path, dataset }, cutPath);
          fc.pre(source !== undefined && problems.length === 0 && !source.rawSql.includes(cutPath));
          const read = await queryRows(database, `${source?.rawSql} ORDER BY rn`);
          expect(read.map((row) => names.map((_, index) => row[`c${index}`] ?? ''))).toEqual(
            ourRows(rows, names.length),
          );
        }),
        { numRuns: 120 },
      );
    },
  );

  it('gives the rows around broken ones their numbers in the file', () => {
    const dataset = defineDataset({ name: 'any', columns: { a: text(), b: text() } });
    writeFileSync(path, '\na,b\n1,1\n2\n3\n4,4\n\r\n5\n6,6\n');
    const { source, rows, queriedRows } = openCsv({ database, path, dataset }, cutPath);
    expect({ rows, queriedRows }).toEqual({ rows: 6, queriedRows: 3 });
    expect(source?.fileRows([1, 2, 3])).toEqual([1, 4, 6]);
  });
});

function ourRows(rows: string, columns: number): string[][] {
  const bytes = Buffer.from(rows);
  const found: string[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const values: string[] = [];
    const next = readCsvRecord(bytes, at, true, values)?.next ?? bytes.length;
    const blank = /^[\r\n]*$/.test(bytes.toString('utf8', at, next));
    if (!blank || columns === 1) found.push(values);
    at = next;
  }
  return found;
}
