import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { queryRow, queryRows } from '#adapters/duckdb/query.ts';
import { literal } from '#adapters/duckdb/sql.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { brokenRules } from '#test/fixtures/broken-rules.ts';
import { example, flights, small, weather } from '#test/fixtures/nycflights.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { ValidatorBench } from '#test/fixtures/validator.ts';

const JANUARY = { path: example('flights-2013-01.parquet') };

let bench: ValidatorBench;
let press: ParquetPress;
beforeAll(async () => {
  bench = await ValidatorBench.open();
  press = await ParquetPress.open(bench.path('pressed'));
});
afterAll(() => {
  press.close();
  bench.close();
});

async function queryPart(sql: (part: string) => string, database = openPart()) {
  const opened = await database;
  try {
    return await queryRows(opened, sql(`read_parquet(${literal(bench.path('part.parquet'))})`));
  } finally {
    opened.closeSync();
  }
}

function openPart() {
  return openDuckDb({
    files: [bench.path('part.parquet'), JANUARY.path],
    spillDirectory: bench.path('spill'),
    memoryMb: 256,
  });
}

describe('the example data', () => {
  it('accepts a month of flights with its counts', async () => {
    const result = await bench.judge(flights, JANUARY);
    expect(result).toMatchObject({
      accepted: true,
      format: 'parquet',
      rows: 27_004,
      warnings: [],
      engine: expect.stringMatching(/^v1\.\d+\.\d+$/),
      profile: {
        rows: 27_004,
        // Counted with another DuckDB's SUMMARIZE.
        columns: {
          arr_delay: { nulls: 606, min: -70, max: 1272 },
          tailnum: { nulls: 155 },
          origin: { nulls: 0, distinct: 3 },
          carrier: { distinct: 16 },
        },
        timeRange: { from: '2013-01-01T10:00:00.000Z', to: '2013-02-01T04:00:00.000Z' },
      },
    });
    expect(result.accepted && result.profile.columns.carrier?.levels).toEqual([
      '9E',
      'AA',
      'AS',
      'B6',
      'DL',
      'EV',
      'F9',
      'FL',
      'HA',
      'MQ',
      'OO',
      'UA',
      'US',
      'VX',
      'WN',
      'YV',
    ]);
    const sha256 = createHash('sha256').update(bench.part()).digest('hex');
    expect(result).toMatchObject({ part: { sha256, size: bench.part().length } });
  });

  it('accepts a year of weather with its counts', async () => {
    const result = await bench.judge(weather, { path: example('weather-2013.parquet') });
    expect(result).toMatchObject({ accepted: true, rows: 26_115 });
  });

  it('keeps every row as it was, in the order of the file', async () => {
    await bench.judge(flights, JANUARY);
    const columns = Object.keys(flights.columns).join(', ');
    const numbered = (source: string) => `SELECT row_number() OVER () AS rn, ${columns} FROM ${source}`;
    const original = `(SELECT * REPLACE (CAST(time_hour AS TIMESTAMP) AS time_hour) FROM read_parquet(${literal(JANUARY.path)}))`;
    const lost = await queryPart((part) => `(${numbered(original)}) EXCEPT (${numbered(part)})`);
    expect(lost).toEqual([]);
    expect(await queryPart((part) => `SELECT count(*) AS rows FROM ${part}`)).toEqual([{ rows: '27004' }]);
  });

  it('warns of levels that no earlier version had', async () => {
    const known = { carrier: ['AA', 'UA'], dest: [] };
    expect(await bench.judge(flights, JANUARY, { knownLevels: known })).toMatchObject({
      warnings: [
        {
          warning: 'new-levels',
          column: 'carrier',
          message: 'carrier: 14 levels that no earlier version had',
        },
        { warning: 'new-levels', column: 'dest' },
      ],
    });
  });
});

describe('a part', () => {
  it('has the same bytes whether its rows came as CSV, JSON Lines or Parquet, with one thread or three', async () => {
    const year = `SELECT * FROM read_parquet('${example('flights-2013-*.parquet')}')`;
    const hashes = new Set<string>();
    for (const [format, threads] of [
      ['csv', 1],
      ['csv', 3],
      ['json', 2],
      ['parquet', 3],
    ] as const) {
      await press.export(year, bench.path('year'), format);
      const result = await bench.judge(
        flights,
        { path: bench.path('year') },
        { threads, seconds: 120, memoryMb: 2048 },
      );
      expect(result).toMatchObject({ accepted: true, rows: 336_776 });
      hashes.add(result.accepted ? result.part.sha256 : '');
    }
    rmSync(bench.path('year'));
    expect(hashes.size).toBe(1);
  });

  it('has the columns of the spec, in its order, with their types', async () => {
    const file = 'at,extra,kind,amount,paid,id\n2020-01-31T05:00:00.123456+02:00,0,a,1,false,1\n';
    expect(await bench.judge(small, file)).toMatchObject({ accepted: true });
    expect(
      await queryPart((part) => `SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${part})`),
    ).toEqual([
      { column_name: 'id', column_type: 'BIGINT' },
      { column_name: 'amount', column_type: 'DOUBLE' },
      { column_name: 'kind', column_type: 'VARCHAR' },
      { column_name: 'paid', column_type: 'BOOLEAN' },
      { column_name: 'at', column_type: 'TIMESTAMP' },
    ]);
    expect(await queryPart((part) => `SELECT * FROM ${part}`)).toEqual([
      { id: '1', amount: 1, kind: 'a', paid: false, at: '2020-01-31 03:00:00.123' },
    ]);
  });

  it('is compressed with zstd', async () => {
    await bench.judge(small, 'id,amount,kind,paid,at\n1,1,a,true,2020-01-01\n');
    const database = await openPart();
    const codec = await queryRow(
      database,
      `SELECT DISTINCT compression FROM parquet_metadata(${literal(bench.path('part.parquet'))})`,
    );
    database.closeSync();
    expect(codec).toEqual({ compression: 'ZSTD' });
  });
});

describe('the rules of a spec', () => {
  const rows = (values: readonly string[]) =>
    `id,origin,late\n${values.map((value, index) => `${index + 1},${value}\n`).join('')}`;
  const spec = (atLeast: number, volume = {}) =>
    defineDataset({
      name: 'rules',
      columns: {
        id: { type: 'number', integer: true },
        origin: { type: 'text', oneOf: ['EWR', "O'Hare"], nullable: 0.25 },
        late: { type: 'number', min: -5, max: 5, nullable: true },
      },
      checks: [{ name: 'even ids are late', rule: 'id % 2 == 1 or late > 0', atLeast }],
      volume,
    });

  it('names the rows out of range, outside the domain, and against a check', async () => {
    const file = rows(["O'Hare,5", 'EWR,-6', 'ORD,1', 'EWR,0', 'EWR,']);
    expect(brokenRules(await bench.judge(spec(1), file))).toEqual([
      ['domain', 'origin', [3]],
      ['range', 'late', [2]],
      ['check', 'even ids are late', [2, 4]],
    ]);
  });

  it('lets the tolerated share of rows break a check, and not one more', async () => {
    const file = (broken: number) =>
      rows(Array.from({ length: 20 }, (_, i) => `EWR,${i % 2 === 1 && i < broken * 2 ? 0 : 1}`));
    expect(await bench.judge(spec(0.9), file(2))).toMatchObject({ accepted: true });
    expect(brokenRules(await bench.judge(spec(0.9), file(3)))).toEqual([
      ['check', 'even ids are late', [2, 4, 6]],
    ]);
  });

  it('does not hold a check against rows in which it is unknown', async () => {
    expect(await bench.judge(spec(1), rows(['EWR,', 'EWR,', 'EWR,NA']))).toMatchObject({ accepted: true });
  });

  it('lets exactly the nullable share be null', async () => {
    expect(await bench.judge(spec(1), rows(['EWR,1', 'EWR,1', 'EWR,1', ',1']))).toMatchObject({
      accepted: true,
    });
    const tooMany = await bench.judge(spec(1), rows(['EWR,1', ',1', 'EWR,1', ',1', 'EWR,1']));
    expect(brokenRules(tooMany)).toEqual([['null', 'origin', [2, 4]]]);
  });

  it('refuses fewer and more rows than a file must have', async () => {
    const file = rows(['EWR,1', 'EWR,1', 'EWR,1']);
    expect(brokenRules(await bench.judge(spec(1, { minRows: 4 }), file))).toEqual([['volume', null, []]]);
    expect(brokenRules(await bench.judge(spec(1, { maxRows: 2 }), file))).toEqual([['volume', null, []]]);
    expect(await bench.judge(spec(1, { minRows: 3, maxRows: 3 }), file)).toMatchObject({ accepted: true });
  });
});
