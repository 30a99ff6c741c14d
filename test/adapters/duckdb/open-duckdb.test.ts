import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { queryRow } from '#adapters/duckdb/query.ts';
import { identifier, literal } from '#adapters/duckdb/sql.ts';

const directory = mkdtempSync(join(tmpdir(), 'leeboard-duckdb-'));
const input = join(directory, 'input.csv');
const output = join(directory, 'output.parquet');
const secret = join(directory, 'secret.csv');
let database: DuckDBConnection;

beforeAll(async () => {
  writeFileSync(input, 'a\n1\n');
  writeFileSync(secret, 'a\nsecret\n');
  const spillDirectory = join(directory, 'spill');
  mkdirSync(spillDirectory);
  database = await openDuckDb({ files: [input, output], spillDirectory, memoryMb: 256, spillMb: 8 });
});

afterAll(() => {
  database.closeSync();
  rmSync(directory, { recursive: true });
});

describe('openDuckDb', () => {
  it('reads and writes the files that it was given', async () => {
    await database.run(
      `COPY (SELECT * FROM read_csv(${literal(input)})) TO ${literal(output)} (FORMAT parquet)`,
    );
    expect(readFileSync(output).subarray(0, 4).toString()).toBe('PAR1');
  });

  it.each([
    ['another file', () => `SELECT * FROM read_csv(${literal(secret)})`],
    ['/etc/passwd as CSV', () => "SELECT * FROM read_csv('/etc/passwd')"],
    ['/etc/passwd as text', () => "SELECT * FROM read_text('/etc/passwd')"],
    ['a listing of files', () => "SELECT * FROM glob('/etc/*')"],
    [
      'a path around the given file',
      () => `SELECT * FROM read_csv(${literal(join(directory, 'x/../secret.csv'))})`,
    ],
    ['an address on the web', () => "SELECT * FROM read_csv('https://example.com/a.csv')"],
    ['an object in S3', () => "SELECT * FROM read_parquet('s3://bucket/a.parquet')"],
    ['a database file', () => `ATTACH ${literal(join(directory, 'x.duckdb'))}`],
    ['writing elsewhere', () => `COPY (SELECT 1 AS a) TO ${literal(join(directory, 'elsewhere.csv'))}`],
    ['exporting', () => `EXPORT DATABASE ${literal(join(directory, 'export'))}`],
    ['installing an extension', () => 'INSTALL httpfs'],
    ['loading an extension', () => 'LOAD httpfs'],
  ])('refuses %s', async (_, sql) => {
    await expect(database.run(sql())).rejects.toThrow(/disabled (by|through) configuration/);
    expect(existsSync(join(directory, 'elsewhere.csv'))).toBe(false);
  });

  it.each([
    ['enable_external_access', 'true'],
    ['memory_limit', "'64GB'"],
    ['threads', '64'],
    ['lock_configuration', 'false'],
    ['temp_directory', "'/tmp'"],
    ['autoinstall_known_extensions', 'true'],
    ['allowed_paths', "['/etc/passwd']"],
  ])('does not let a statement set %s', async (name, value) => {
    await expect(database.run(`SET GLOBAL ${name} = ${value}`)).rejects.toThrow(/locked|Cannot change/);
  });

  it('is as large as it was told', async () => {
    const settings = await queryRow(
      database,
      `SELECT current_setting('memory_limit') AS memory, current_setting('threads') AS threads,
        current_setting('max_temp_directory_size') AS spill, current_setting('TimeZone') AS zone`,
    );
    expect(settings).toEqual({ memory: '244.1 MiB', threads: '2', spill: '7.6 MiB', zone: 'UTC' });
  });
});

describe('identifier and literal', () => {
  const anyText = fc
    .string({ unit: 'binary', minLength: 1 })
    .filter((text) => !text.includes('\0') && text.isWellFormed());

  it('keep any text what it is', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const read = await database.runAndReadAll(`SELECT ${literal(text)} AS ${identifier(text)}`);
        expect([read.columnNames(), read.getRowsJson()]).toEqual([[text], [[text]]]);
      }),
      { examples: [['__proto__'], [`"; DROP TABLE part; --'; ATTACH 'x'`]] },
    );
  });

  it('refuse NUL, where the engine would stop reading', () => {
    expect(() => literal('a\0b')).toThrow('SQL cannot hold a NUL character');
    expect(() => identifier('a\0b')).toThrow('SQL cannot hold a NUL character');
  });
});
