import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Rule } from '#core/data/report.ts';
import { forgeCount, ParquetPress } from '#test/fixtures/parquet.ts';

/** A file for dataset `small`, and what must become of it. */
export interface HostileFile {
  readonly what: string;
  /** Below `incoming/small/`. */
  readonly name: string;
  readonly bytes: string | Uint8Array;
  /** Rows when it is accepted for a good reason, else the rules that it breaks. */
  readonly expected: { readonly rows: number; readonly because: string } | readonly Rule[];
}

/** Stands in every row that a report must not repeat. */
export const SECRET = 'hush-hush';
const HEADER = 'id,amount,kind,paid,at\n';
const ROW = `1,2.5,${SECRET},true,2020-01-01\n`;
const GOOD = HEADER + ROW;
const MIB = 2 ** 20;
const PARQUET_ROWS = 54_321;

/** Files as producers send them by mistake or in malice. */
export async function hostileFiles(): Promise<HostileFile[]> {
  const parquet = await pressParquet();
  const refused = (what: string, name: string, bytes: string | Uint8Array, ...expected: Rule[]) => ({
    what,
    name,
    bytes,
    expected,
  });
  const accepted = (
    what: string,
    name: string,
    bytes: string | Uint8Array,
    rows: number,
    because: string,
  ) => ({
    what,
    name,
    bytes,
    expected: { rows, because },
  });
  return [
    refused('empty', 'empty.csv', '', 'empty'),
    refused('header only', 'header.csv', HEADER, 'empty'),
    refused('wrong delimiter', 'semicolons.csv', GOOD.replaceAll(',', ';'), 'format'),
    refused('UTF-16', 'utf-16.csv', Buffer.from(`\ufeff${GOOD}`, 'utf16le'), 'encoding'),
    refused(
      'Latin-1',
      'latin-1.csv',
      Buffer.from(`${GOOD}2,1,caf\xe9,true,2020-01-01\n`, 'latin1'),
      'encoding',
    ),
    refused(
      'duplicate columns',
      'twice.csv',
      `${HEADER.trim()},amount\n${ROW.trim()},3\n`,
      'duplicate-column',
    ),
    refused('missing column', 'missing.csv', `id,amount,kind,paid\n1,2,${SECRET},true\n`, 'missing-column'),
    refused('no header', 'headless.csv', ROW + ROW, 'missing-column'),
    refused('mixed types', 'mixed.csv', `${GOOD}2,${SECRET},a,maybe,yesterday\n`, 'type'),
    refused(
      'NaN and Infinity',
      'nan.csv',
      `${HEADER}1,NaN,${SECRET},true,2020-01-01\n2,-Infinity,a,true,2020-01-01\n3,1e400,a,true,2020-01-01\n`,
      'not-finite',
    ),
    refused('year 0001', 'year-1.csv', `${HEADER}1,1,${SECRET},true,0001-01-01\n`, 'range'),
    refused('ragged rows', 'ragged.csv', `${GOOD}2,1\n3,1,${SECRET},true,2020-01-01,x\n`, 'format'),
    refused('a quote that never ends', 'quote.csv', `${GOOD}2,1,"${SECRET},true,2020-01-01\n`, 'format'),
    refused('a very long line', 'long.csv', `${GOOD}2,1,${SECRET.repeat(MIB)},true,2020-01-01\n`, 'format'),
    refused(
      '10,000 columns',
      'wide.csv',
      `${'c,'.repeat(9999)}c\n${'1,'.repeat(9999)}1\n`,
      'header',
      'duplicate-column',
      'missing-column',
    ),
    refused(
      'repeated and missing keys',
      'keys.csv',
      `${GOOD}${ROW},1,a,true,2020-01-01\n`,
      'key-null',
      'key-duplicate',
    ),
    refused('NUL bytes', 'nul.csv', `${GOOD}2,1,${SECRET}\0,true,2020-01-01\n`, 'encoding'),
    refused('a ZIP archive', 'archive.csv', Buffer.from(`PK\x03\x04${SECRET}`, 'latin1'), 'format'),
    refused('gzip', 'data.csv.gz', gzipSync(GOOD), 'format'),
    refused(
      'binary garbage',
      'garbage.bin',
      Uint8Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 251),
      'format',
    ),
    refused('a JSON array', 'array.json', `[{"id": 1, "kind": "${SECRET}"}]`, 'format'),
    refused(
      'nested JSON',
      'nested.jsonl',
      `{"id": 1, "amount": {"${SECRET}": 1}, "kind": ["${SECRET}"], "paid": true, "at": "2020-01-01"}\n`,
      'type',
    ),
    refused(
      'deeply nested JSON',
      'deep.jsonl',
      `{"id": 1, "amount": 1, "kind": ${'['.repeat(100_000)}${']'.repeat(100_000)}, "paid": true, "at": "2020-01-01"}\n`,
      'type',
    ),
    refused('truncated Parquet', 'truncated.parquet', parquet.subarray(0, parquet.length / 2), 'readable'),
    refused(
      'a Parquet file that claims 2 billion rows',
      'claims.parquet',
      forgeCount(parquet, PARQUET_ROWS, 2e9, 'everywhere'),
      'volume',
    ),
    refused(
      'a Parquet file that claims 2 billion rows in its group',
      'group.parquet',
      forgeCount(parquet, PARQUET_ROWS, 2e9, 'row group'),
      'volume',
      'readable',
    ),
    accepted('a byte-order mark', 'bom.csv', `\ufeff${GOOD}`, 1, 'the mark says UTF-8'),
    accepted(
      'a newline in quotes',
      'newline.csv',
      `${HEADER}1,1,"${SECRET}\nb",true,2020-01-01\n`,
      1,
      'it is text',
    ),
    accepted(
      'a key that climbs',
      '../../weather/climb.csv',
      `${HEADER}7,1,climb,true,2020-01-01\n`,
      1,
      'a key is no path',
    ),
    accepted(
      'a key that is SQL',
      "'; DROP TABLE part; --.csv",
      `${HEADER}8,1,sql,true,2020-01-01\n`,
      1,
      'a key is no SQL',
    ),
    accepted('a formula', 'formula.csv', `${HEADER}1,1,=cmd()|calc,true,2020-01-01\n`, 1, 'it is text'),
    accepted(
      'Parquet named CSV',
      'parquet.csv',
      parquet,
      PARQUET_ROWS,
      'content says the format, not the name',
    ),
  ];
}

async function pressParquet(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'leeboard-hostile-'));
  const press = await ParquetPress.open(join(folder, 'file'));
  try {
    return await press.press(
      `SELECT i AS id, 1.5::DOUBLE AS amount, '${SECRET}' AS kind, true AS paid, TIMESTAMP '2020-01-01' AS "at"
       FROM range(1, ${PARQUET_ROWS + 1}) AS numbers(i)`,
    );
  } finally {
    press.close();
    await rm(folder, { recursive: true });
  }
}
