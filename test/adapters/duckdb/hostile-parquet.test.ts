import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifier } from '#adapters/duckdb/sql.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { type Broken, brokenRules } from '#test/fixtures/broken-rules.ts';
import { small } from '#test/fixtures/nycflights.ts';
import { editFooter, forgeCount, ParquetPress } from '#test/fixtures/parquet.ts';
import { ValidatorBench } from '#test/fixtures/validator.ts';

const COUNT = 54_321;
const ROWS = `SELECT i AS id, 1.5::DOUBLE AS amount, 'k' AS kind, true AS paid, TIMESTAMP '2020-01-01' AS "at"`;

let bench: ValidatorBench;
let press: ParquetPress;
let good: Buffer;
beforeAll(async () => {
  bench = await ValidatorBench.open();
  press = await ParquetPress.open(bench.path('dropped'));
  good = await press.press(`${ROWS} FROM range(1, ${COUNT + 1}) AS numbers(i)`);
});
afterAll(() => {
  press.close();
  bench.close();
});

/** A copy with every n-th byte inverted. */
function inverted(file: Buffer, from: number, to: number, step: number): Buffer {
  return file.map((byte, at) =>
    at >= from && at < to && (at - from) % step === 0 ? byte ^ 0xff : byte,
  ) as Buffer;
}

describe('a damaged or forged Parquet file is refused', () => {
  it('was whole before', async () => {
    expect(await bench.judge(small, good)).toMatchObject({ accepted: true, format: 'parquet', rows: COUNT });
  });

  it.each<[what: string, forge: () => Buffer, broken: Broken[]]>([
    ['cut off', () => good.subarray(0, good.length / 2), [['readable', null, []]]],
    [
      'without its first half',
      () => Buffer.concat([Buffer.from('PAR1'), good.subarray(good.length / 2)]),
      [['readable', null, []]],
    ],
    ['nothing but its magic', () => Buffer.from('PAR1'), [['readable', null, []]]],
    ['pages damaged', () => inverted(good, 200, good.length - 2000, 97), [['readable', null, []]]],
    [
      'footer damaged',
      () => inverted(good, good.length - 300, good.length - 8, 13),
      [['readable', null, []]],
    ],
    [
      'a footer of 2 GiB',
      () => inverted(good, good.length - 6, good.length - 4, 1),
      [['readable', null, []]],
    ],
    [
      '2 billion rows by the file',
      () => forgeCount(good, COUNT, 2e9, 'file'),
      [
        ['volume', null, []],
        ['readable', null, []],
      ],
    ],
    [
      '2 billion rows by the row group',
      () => forgeCount(good, COUNT, 2e9, 'row group'),
      [
        ['volume', null, []],
        ['readable', null, []],
      ],
    ],
    ['2 billion rows everywhere', () => forgeCount(good, COUNT, 2e9, 'everywhere'), [['volume', null, []]]],
    [
      '60 million rows everywhere',
      () => forgeCount(good, COUNT, 6e7, 'everywhere'),
      [['readable', null, []]],
    ],
    ['fewer rows by the file', () => forgeCount(good, COUNT, 100, 'file'), [['readable', null, []]]],
    [
      'encrypted',
      () => Buffer.concat([Buffer.from('PARE'), good.subarray(4, -4), Buffer.from('PARE')]),
      [['format', null, []]],
    ],
  ])('%s', async (_, forge, broken) => {
    const result = await bench.judge(small, forge());
    expect(brokenRules(result)).toEqual(broken);
    expect(bench.leftovers()).toEqual([]);
  });

  it('text that is not UTF-8, without saying it', async () => {
    const file = await press.press(
      `${ROWS.replace("'k'", "'secret' || i")} FROM range(1, 3) AS numbers(i)`,
      'uncompressed',
    );
    const forged = Buffer.from(file.toString('latin1').replaceAll('secret1', 'secret\xff'), 'latin1');
    const result = await bench.judge(small, forged);
    expect(brokenRules(result)).toEqual([['readable', null, []]]);
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('whatever byte is flipped, the answer is a result and nothing else is left', async () => {
    const flip = fc.record({ at: fc.nat(good.length - 1), mask: fc.integer({ min: 1, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(flip, async ({ at, mask }) => {
        const damaged = Buffer.from(good);
        damaged.writeUInt8(damaged.readUInt8(at) ^ mask, at);
        const result = await bench.judge(small, damaged);
        expect(bench.leftovers()).toEqual(result.accepted ? ['part.parquet'] : []);
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});

describe('a small file that unpacks to a large one is stopped', () => {
  it('by the rows that a file may have', async () => {
    const file = await press.press(`${ROWS.replace('i AS', '1 AS')} FROM range(5_000_000)`);
    const few = defineDataset({ ...small, volume: { maxRows: 1_000_000 } });
    expect(await bench.judge(few, file)).toMatchObject({
      accepted: false,
      rows: 5_000_000,
      problems: [{ rule: 'volume', message: expect.stringContaining('at most 1000000 rows, found 5000000') }],
    });
  });

  it('by what its texts take unpacked', async () => {
    const long = defineDataset({
      ...small,
      columns: { ...small.columns, kind: { type: 'text', maxLength: 65_536 } },
    });
    const file = await press.press(
      `${ROWS.replace("'k'", 'long')} FROM range(1, 200_001) AS numbers(i), (SELECT repeat('ab', 30_000) AS long)`,
    );
    expect(await bench.judge(long, file)).toMatchObject({
      accepted: false,
      problems: [
        {
          rule: 'volume',
          count: 200_000,
          message: expect.stringContaining('at most 4096 MB of values, found 12008'),
        },
      ],
    });
  });

  it('by memory', async () => {
    const file = await press.press(ROWS.replace('i AS', '1 AS').replace("'k'", "repeat('a', 900_000_000)"));
    const result = await bench.judge(small, file, { memoryMb: 500 });
    expect(brokenRules(result)).toEqual([['readable', null, []]]);
    expect(!result.accepted && result.problems[0]?.message).toMatch(/can be read with \d+ MB of memory/);
  });

  it('by time', async () => {
    const file = await press.press(`${ROWS} FROM range(1, 8_000_001) AS numbers(i)`);
    expect(await bench.judge(small, file, { seconds: 0.6 })).toMatchObject({
      accepted: false,
      problems: [{ rule: 'readable', expected: 'a file that can be read in 0.6 s' }],
    });
    expect(bench.leftovers()).toEqual([]);
  });
});

describe('a Parquet column', () => {
  const row = { id: '1', amount: '2.5', kind: "'a'", paid: 'true', at: "DATE '2020-01-01'" };
  const query = (columns: Record<string, string>) =>
    `SELECT ${Object.entries(columns)
      .map(([name, sql]) => `${sql} AS ${identifier(name)}`)
      .join(', ')}`;

  it.each<[what: string, columns: Record<string, string>, broken: Broken[]]>([
    [
      'lists, structs and maps',
      { amount: '[1.5]', kind: "{'secret': 'a'}", paid: 'map {1: 2}' },
      [
        ['type', 'amount', []],
        ['type', 'kind', []],
        ['type', 'paid', []],
      ],
    ],
    [
      'text where numbers belong',
      { id: "'1'", amount: "'2'", kind: '3', paid: "'true'", at: "'2020-01-01'" },
      [
        ['type', 'id', []],
        ['type', 'amount', []],
        ['type', 'kind', []],
        ['type', 'paid', []],
        ['type', 'at', []],
      ],
    ],
    ['binary where text belongs', { kind: "'a'::BLOB" }, [['type', 'kind', []]]],
    ['NaN', { amount: "'nan'::DOUBLE" }, [['not-finite', 'amount', [1]]]],
    [
      'infinity',
      { amount: "'-inf'::FLOAT", at: "'infinity'::TIMESTAMP" },
      [
        ['not-finite', 'amount', [1]],
        ['type', 'at', [1]],
      ],
    ],
    ['year 0001', { at: "TIMESTAMP '0001-01-01'" }, [['range', 'at', [1]]]],
    ['year 290000', { at: "TIMESTAMP '290000-01-01'" }, [['range', 'at', [1]]]],
    ['NUL characters', { kind: "'a' || chr(0)" }, [['encoding', 'kind', [1]]]],
    ['numbers beyond 2^53 where whole ones belong', { id: '9007199254740993' }, [['integer', 'id', [1]]]],
  ])('is refused for %s', async (_, columns, broken) => {
    const result = await bench.judge(small, await press.press(query({ ...row, ...columns })));
    expect(brokenRules(result)).toEqual(broken);
    expect(JSON.stringify(result)).not.toContain('secret');
  });

  it('without rows is refused', async () => {
    const file = await press.press(`${query(row)} WHERE false`);
    expect(brokenRules(await bench.judge(small, file))).toEqual([['empty', null, []]]);
  });

  it.each<[what: string, columns: Record<string, string>]>([
    ['any number type', { id: '1::UTINYINT', amount: '2.5::DECIMAL(10, 2)' }],
    ['64-bit and larger whole numbers, 32-bit floats', { id: '1::HUGEINT', amount: '2.5::FLOAT' }],
    ['instants with a zone', { at: "TIMESTAMPTZ '2020-01-01 02:00:00+02'" }],
    ['nanoseconds, cut to milliseconds', { at: "'2020-01-01 00:00:00.000456789'::TIMESTAMP_NS" }],
  ])('may have %s, and gives the same part', async (_, columns) => {
    expect(await bench.judge(small, await press.press(query(row)))).toMatchObject({ accepted: true });
    const part = bench.part();
    expect(await bench.judge(small, await press.press(query({ ...row, ...columns })))).toMatchObject({
      accepted: true,
    });
    expect(bench.part().equals(part)).toBe(true);
  });

  it('is found by its exact name when others differ in case alone', async () => {
    const file = await press.press(query({ jd: '7', ...row, file_row_number: '8', rn: '9', 'a"b': '10' }));
    const forged = editFooter(file, (footer) =>
      Buffer.from(footer.toString('latin1').replaceAll('jd', 'ID'), 'latin1'),
    );
    expect(await bench.judge(small, forged)).toMatchObject({
      accepted: true,
      profile: { columns: { id: { min: 1, max: 1 } } },
      warnings: [
        {
          warning: 'extra-column',
          message: expect.stringContaining('"ID", "file_row_number", "rn", "a\\"b"'),
        },
      ],
    });
  });

  it('that occurs twice is refused', async () => {
    const file = await press.press(query({ jd: '7', ...row }));
    const forged = editFooter(file, (footer) =>
      Buffer.from(footer.toString('latin1').replaceAll('jd', 'id'), 'latin1'),
    );
    expect(brokenRules(await bench.judge(small, forged))).toContainEqual(['duplicate-column', 'id', []]);
  });
});
