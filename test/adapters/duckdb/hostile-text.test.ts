import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broken, brokenRules } from '#test/fixtures/broken-rules.ts';
import { small } from '#test/fixtures/nycflights.ts';
import { ValidatorBench } from '#test/fixtures/validator.ts';

const HEADER = 'id,amount,kind,paid,at\n';
const ROW = '1,2.5,a,true,2020-01-01\n';
const GOOD = HEADER + ROW;
const MIB = 1024 * 1024;

let bench: ValidatorBench;
beforeAll(async () => {
  bench = await ValidatorBench.open();
});
afterAll(() => bench.close());

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

function lines(...objects: unknown[]): string {
  return objects
    .map((object) => `${typeof object === 'string' ? object : JSON.stringify(object)}\n`)
    .join('');
}

describe('a file that is not what we read is refused', () => {
  it.each<[what: string, bytes: string | Buffer, broken: Broken, found: RegExp]>([
    ['an empty file', '', ['empty', null, []], /empty file/],
    ['nothing but line ends', '\n\r\n\n', ['empty', null, []], /at least one row/],
    ['a header without rows', HEADER, ['empty', null, []], /at least one row/],
    ['a header without a line end', HEADER.trim(), ['empty', null, []], /at least one row/],
    ['semicolons', GOOD.replaceAll(',', ';'), ['format', null, []], /commas, found semicolons/],
    ['tabs', GOOD.replaceAll(',', '\t'), ['format', null, []], /commas, found tabs/],
    ['UTF-16 LE', utf16(`\ufeff${GOOD}`), ['encoding', null, []], /UTF-16/],
    ['UTF-16 BE', utf16(`\ufeff${GOOD}`).swap16(), ['encoding', null, []], /UTF-16/],
    ['UTF-16 without a mark', utf16(GOOD), ['encoding', null, []], /UTF-16/],
    ['a ZIP archive', Buffer.from('PK\x03\x04rest', 'latin1'), ['format', null, []], /ZIP archive/],
    ['gzip', Buffer.from('\x1f\x8b\x08rest', 'latin1'), ['format', null, []], /gzip/],
    ['a PDF', '%PDF-1.7\n', ['format', null, []], /PDF/],
    ['a PNG', Buffer.from('\x89PNG\r\n', 'latin1'), ['format', null, []], /PNG/],
    [
      'binary data',
      Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251)),
      ['format', null, []],
      /binary/,
    ],
    ['a JSON array', '[{"id": 1}]', ['format', null, []], /found a JSON array/],
    ['line ends of old Macs', GOOD.replaceAll('\n', '\r'), ['header', null, []], /line feed/],
    [
      '10,000 columns',
      `${'c,'.repeat(9999)}c\n${'1,'.repeat(9999)}1\n`,
      ['header', null, []],
      /at most 2000 columns, found 10000/,
    ],
  ])('%s', async (_, bytes, broken, found) => {
    const result = await bench.judge(small, bytes);
    expect(brokenRules(result)[0]).toEqual(broken);
    expect(!result.accepted && result.problems[0]?.message).toMatch(found);
  });
});

describe('a CSV file is refused by exact rows', () => {
  it.each<[what: string, bytes: string | Buffer, broken: Broken[]]>([
    [
      'Latin-1 bytes',
      Buffer.from(`${GOOD}2,1,caf\xe9,true,2020-01-01\n3,x,a,true,2020-01-01\n`, 'latin1'),
      [
        ['encoding', null, [2]],
        ['type', 'amount', [3]],
      ],
    ],
    ['NUL bytes', `${GOOD}2,1,a\0b,true,2020-01-01\n`, [['encoding', null, [2]]]],
    [
      'too few and too many fields',
      `${GOOD}2,1,a\n3,1,a,true,2020-01-01,x\n4,x,a,true,2020-01-01\n5\n6,x,a,true,2020-01-01\n`,
      [
        ['format', null, [2, 3, 5]],
        ['type', 'amount', [4, 6]],
      ],
    ],
    [
      'a quote that is never closed',
      `${GOOD}2,1,"a,true,2020-01-01\n3,1,a,true,2020-01-01\n`,
      [['format', null, [2]]],
    ],
    ['text after a closing quote', `${GOOD}2,1,"a"b,true,2020-01-01\n`, [['format', null, [2]]]],
    [
      'a line end that differs',
      `${GOOD}2,1,a,true,2020-01-01\r\n3,x,a,true,2020-01-01\n`,
      [
        ['format', null, [2]],
        ['type', 'amount', [3]],
      ],
    ],
    ['a carriage return within a field', `${GOOD}2,1,a\rb,true,2020-01-01\n`, [['format', null, [2]]]],
    ['one giant line', `${GOOD}2,1,${'x'.repeat(9 * MIB)},true,2020-01-01\n`, [['format', null, [2]]]],
    ['a very long field', `${GOOD}2,1,${'x'.repeat(7 * MIB)},true,2020-01-01\n`, [['length', 'kind', [2]]]],
    [
      'a column that occurs twice',
      'id,amount,kind,paid,at,amount\n1,2,a,true,2020-01-01,3\n',
      [['duplicate-column', 'amount', []]],
    ],
    [
      'unknown columns that occur twice',
      `${HEADER.trim()},x,x\n${ROW.trim()},1,1\n`,
      [['duplicate-column', null, []]],
    ],
    ['a column in other case', GOOD.replace('id', 'ID'), [['missing-column', 'id', []]]],
    [
      'a missing column',
      'id,amount,kind,paid\nx,2,a,true\n',
      [
        ['missing-column', 'at', []],
        ['type', 'id', [1]],
      ],
    ],
    [
      'mixed types',
      `${GOOD}2,abc,a,maybe,yesterday\nx,1,a,true,2020-13-01\n4,1_000,a,1,20200101\n`,
      [
        ['type', 'id', [3]],
        ['type', 'amount', [2, 4]],
        ['type', 'paid', [2]],
        ['type', 'at', [2, 3, 4]],
      ],
    ],
    [
      'NaN, infinity and 1e400',
      `${HEADER}1,NaN,a,true,\n2,inf,a,true,2020-01-01\n3,-Infinity,a,true,2020-01-01\n4,1e400,a,true,2020-01-01\n`,
      [['not-finite', 'amount', [1, 2, 3, 4]]],
    ],
    [
      'years 0000, 0001 and 9999',
      `${HEADER}1,1,a,true,0000-01-01\n2,1,a,true,0001-01-01\n3,1,a,true,9999-12-31T23:59:59Z\n`,
      [['range', 'at', [1, 2, 3]]],
    ],
    [
      'dates that are none',
      `${HEADER}1,1,a,true,2020-02-30\n2,1,a,true,infinity\n3,1,a,true,epoch\n4,1,a,true,2020-01-01T24:00:00Z\n5,1,a,true,294247-01-10\n6,1,a,true,1/2/2020\n7,1,a,true,2020-01-01 05:00 Europe/Paris\n`,
      [['type', 'at', [1, 2, 3, 4, 5, 6, 7]]],
    ],
    [
      'fractions and numbers beyond 2^53 in a whole-number column',
      `${HEADER}1.5,1,a,true,2020-01-01\n9007199254740993,1,a,true,2020-01-01\n1e3,1,a,true,2020-01-01\n`,
      [['integer', 'id', [1, 2]]],
    ],
    [
      'a key that is missing or repeated',
      `${GOOD},1,a,true,2020-01-01\n1,1,a,true,2020-01-01\n2,1,a,true,2020-01-01\n1,1,a,true,2020-01-01\n`,
      [
        ['key-null', 'id', [2]],
        ['key-duplicate', 'id', [3, 5]],
      ],
    ],
    [
      'too many nulls',
      `${HEADER}1,,a,true,2020-01-01\n2,NA,a,true,2020-01-01\n3,1,a,true,2020-01-01\n`,
      [['null', 'amount', [1, 2]]],
    ],
    [
      'a first row without header',
      '1,2.5,secret,true,2020-01-01\n2,2.5,secret,true,2020-01-01\n',
      [
        ['missing-column', 'id', []],
        ['missing-column', 'amount', []],
        ['missing-column', 'kind', []],
        ['missing-column', 'paid', []],
        ['missing-column', 'at', []],
      ],
    ],
  ])('%s', async (_, bytes, broken) => {
    const result = await bench.judge(small, bytes);
    expect(brokenRules(result)).toEqual(broken);
    expect(bench.leftovers()).toEqual([]);
  });

  it('names the first ten rows and counts all', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => `${index + 1},x,a,true,2020-01-01\n`);
    const result = await bench.judge(small, HEADER + rows.join(''));
    expect(result).toMatchObject({
      rows: 30,
      problems: [{ count: 30, rows: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }],
    });
  });

  it('says no value of the file, whatever is wrong with it', async () => {
    const secrets = `${HEADER}secret,secret,"sec""ret",secret,secret\n1,1,secretsecretsecretsecret,1,secret\nsecret\n"secret"secret,1\n`;
    expect(JSON.stringify(await bench.judge(small, secrets))).not.toMatch(/sec.{0,3}ret/);
    expect(JSON.stringify(await bench.judge(small, 'secret,secret,a,b\n1,2,3,4\n'))).not.toContain('secret');
    expect(JSON.stringify(await bench.judge(small, '{"secret": 1}\n{"secret": "secret\n'))).not.toContain(
      'secret',
    );
  });
});

describe('an unusual CSV file is accepted for a reason', () => {
  it.each<[why: string, bytes: string, rows: number, warnings: string[]]>([
    ['a byte-order mark says UTF-8', `\ufeff${GOOD}`, 1, ['byte-order-mark']],
    [
      'a byte-order mark may stand before a quote',
      `\ufeff"id",amount,kind,paid,at\n${ROW}`,
      1,
      ['byte-order-mark'],
    ],
    [
      'a line end within quotes is text',
      `${HEADER}1,1,"a\nb",true,2020-01-01\n2,1,"a\r\nb",true,2020-01-01\n`,
      2,
      [],
    ],
    ['CRLF ends lines too', GOOD.replaceAll('\n', '\r\n'), 1, []],
    ['the last line needs no end', GOOD.trim(), 1, []],
    ['blank lines at the end are no rows', `${GOOD}\n\r\n\n`, 1, []],
    ['blank lines before the header are no rows', `\n\r\n${GOOD}`, 1, []],
    ['other columns are left out', `${HEADER.trim()},Amount\n${ROW.trim()},x\n`, 1, ['extra-column']],
    ['a column name is only text', `"""; DROP TABLE part; --",${HEADER}0,${ROW}`, 1, ['extra-column']],
    ['a formula is only text', GOOD.replace(',a,', ',=cmd()|calc,'), 1, []],
    ['spaces around quotes and numbers do not count', `${HEADER}1, 2.5 , "a" ,TRUE,2020-01-01\n`, 1, []],
    ['offsets say the instant', GOOD.replace('2020-01-01', '2020-01-01T02:00:00.000+02:00'), 1, []],
  ])('%s', async (_, bytes, rows, warnings) => {
    const result = await bench.judge(small, bytes);
    expect(result).toMatchObject({ accepted: true, format: 'csv', rows });
    expect(result.accepted && result.warnings.map(({ warning }) => warning)).toEqual(warnings);
    expect(bench.leftovers()).toEqual(['part.parquet']);
  });

  it('takes an unquoted empty field for null and a quoted one for an empty text', async () => {
    const result = await bench.judge(
      small,
      `${HEADER}1,1,,true,2020-01-01\n2,1,"",true,2020-01-01\n3,1,NA,true,2020-01-01\n`,
    );
    expect(result).toMatchObject({ profile: { columns: { kind: { nulls: 1, distinct: 2 } } } });
  });

  it('stores negative zero as zero', async () => {
    await bench.judge(small, GOOD.replace('2.5', '0'));
    const zero = bench.part();
    await bench.judge(small, GOOD.replace('2.5', '-0.0'));
    expect(bench.part().equals(zero)).toBe(true);
  });
});

describe('a JSON Lines file', () => {
  const good = { id: 1, amount: 2.5, kind: 'a', paid: true, at: '2020-01-01' };

  it.each<[what: string, bytes: string, broken: Broken[]]>([
    [
      'lines that are no objects',
      lines(good, 'no json', [1], '{"id": 2,', good),
      [
        ['format', null, [2, 3, 4]],
        ['key-duplicate', 'id', [5]],
      ],
    ],
    [
      'values of another type',
      lines(good, { ...good, id: '2', amount: '1', kind: 5, paid: 1, at: 5 }),
      [
        ['type', 'id', [2]],
        ['type', 'amount', [2]],
        ['type', 'kind', [2]],
        ['type', 'paid', [2]],
        ['type', 'at', [2]],
      ],
    ],
    [
      'nested values',
      lines({ ...good, amount: { a: 1 }, kind: ['a'] }),
      [
        ['type', 'amount', [1]],
        ['type', 'kind', [1]],
      ],
    ],
    [
      'NaN and 1e400',
      lines(
        good,
        '{"id": 2, "amount": NaN, "kind": "a"}',
        '{"id": 3, "amount": 1e400, "kind": "a", "paid": true, "at": "2020-01-01"}',
      ),
      [['not-finite', 'amount', [2, 3]]],
    ],
    [
      'a member that occurs twice',
      lines(good, '{"id": 2, "id": 3, "amount": 1}'),
      [['duplicate-column', null, [2]]],
    ],
    [
      'a column that no line has',
      lines({ id: 1, amount: 1, kind: 'a', paid: true }),
      [['missing-column', 'at', []]],
    ],
    ['NUL characters', lines({ ...good, kind: 'a\0' }), [['encoding', 'kind', [1]]]],
  ])('is refused by exact rows for %s', async (_, bytes, broken) => {
    expect(brokenRules(await bench.judge(small, bytes))).toEqual(broken);
  });

  it('may leave out members that may be null, and have blank lines', async () => {
    const result = await bench.judge(small, `\ufeff${lines(good, { id: 2 })}\n\n`);
    expect(result).toMatchObject({
      accepted: true,
      format: 'jsonl',
      rows: 2,
      profile: { columns: { amount: { nulls: 1 } } },
    });
  });

  it('may have other members', async () => {
    const result = await bench.judge(small, lines({ ...good, extra: { secret: 1 } }));
    expect(result).toMatchObject({ accepted: true, warnings: [{ warning: 'extra-column' }] });
  });
});
