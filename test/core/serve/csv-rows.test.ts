import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '#core/errors.ts';
import { csvBody } from '#core/serve/csv-rows.ts';
import { MAX_ROWS } from '#core/serve/parse-rows.ts';
import { BadRequestError } from '#core/serve/problem-document.ts';
import { signature } from '#test/support/bundle.ts';

const INPUTS = signature.inputs.map(({ name }) => name);
const LINE = 'north,,1.5,true,0.5';
const row = { city: 'north', kind: null, km: 1.5, express: true, mm: 0.5 };

function problems(
  text: string,
  header?: boolean,
): readonly { field: string; expected: string; got: string }[] {
  try {
    csvBody(signature, text, header);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
  return [];
}

it('the lines hold the inputs in their order when the first names no column', () => {
  expect(INPUTS).toEqual(['city', 'express', 'kind', 'km', 'mm']);
  const { city, express, kind, km, mm } = row;
  expect(csvBody(signature, 'north,true,,1.5,0.5\n').rows).toEqual([{ city, express, kind, km, mm }]);
});

it('a first line of column names says the order, also of columns that are only logged or not looked at', () => {
  const text = 'mm,city,km,express,kind,id,delay\r\n0.5,north,1.5,true,,7,late\r\n';
  expect(csvBody(signature, text).rows).toEqual([{ ...row, id: 7, delay: 'late' }]);
});

describe('what is between two commas is', () => {
  const one = (name: string, text: string) => csvBody(signature, `${name},id\n${text},1\n`).rows[0]?.[name];
  it.each([
    ['km', '', null],
    ['kind', '', null],
    ['kind', '""', ''],
    ['kind', '"a ""b"", c\nd"', 'a "b", c\nd'],
    ['kind', ' a ', ' a '],
    ['km', '-1.5e-3', -0.0015],
    ['km', '+2', 2],
    ['km', '.5', 0.5],
    ['km', '1e400', Number.POSITIVE_INFINITY],
    ['km', 'NaN', 'NaN'],
    ['km', '0x10', '0x10'],
    ['km', ' 1', ' 1'],
    ['km', 'Infinity', 'Infinity'],
    ['express', 'false', false],
    ['express', 'True', 'True'],
  ])('of %s: %j is %j', (name, text, value) => {
    expect(one(name, text)).toBe(value);
  });
});

it('any texts and numbers come back as they were written', () => {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = fc.array(
    fc.record({
      kind: fc.string({ unit: 'binary' }),
      km: fc.double({ noNaN: true, noDefaultInfinity: true }),
    }),
    { minLength: 1, maxLength: 5 },
  );
  fc.assert(
    fc.property(rows, fc.constantFrom('\n', '\r\n'), fc.boolean(), (written, end, last) => {
      const lines = written.map(({ kind, km }) => `${quote(kind)},${Object.is(km, -0) ? '-0' : km}`);
      const text = ['kind,km', ...lines].join(end) + (last ? end : '');
      expect(csvBody(signature, text).rows).toEqual(written);
    }),
  );
});

describe('refused is', () => {
  it.each([
    ['a quote within a field', 'kind\na"b\n', 'line 2 of the CSV: a field with " in it must be quoted'],
    ['a quote that does not end', 'kind\n"a\n', 'line 2 of the CSV: a quoted field must end with "'],
    ['text after a quote', 'kind\n"a\n"b\n', 'line 3 of the CSV: a comma must follow a quoted field'],
    ['a carriage return alone', 'kind\ra', 'line 1 of the CSV: a line must end with LF or CRLF'],
  ])('%s, by its line', (_, text, message) => {
    expect(() => csvBody(signature, text)).toThrow(BadRequestError);
    expect(() => csvBody(signature, text)).toThrow(message);
  });

  it.each([
    ['a first line that may be either', 'city,north\n', undefined, 'header[1]', '"north"'],
    ['a column that nobody knows', 'city,kmm\n', true, 'header[1]', '"kmm"'],
    ['a column named constructor', 'city,constructor\n', true, 'header[1]', '"constructor"'],
    ['a column named __proto__', '__proto__\n1\n', true, 'header[0]', '"__proto__"'],
    ['a column twice', 'city,city\n', undefined, 'header[1]', '"city"'],
    ['too few fields', 'city,km\nnorth\n', undefined, 'rows[0]', '1 fields'],
    ['a comma at the end of the text', 'city,km\nnorth,1,', undefined, 'rows[0]', '3 fields'],
    ['an empty line', 'city,km\n\n', undefined, 'rows[0]', '1 fields'],
    ['fewer fields than the model has inputs', `${LINE},\n`, undefined, 'rows[0]', '6 fields'],
    ['names where none should be', 'city,km\nnorth,1\n', false, 'rows[0]', '2 fields'],
  ])('%s, by name', (_, text, header, field, got) => {
    expect(problems(text, header)).toMatchObject([{ field, got }]);
  });

  it.each([true, false])('a row too many (header: %s), without reading on', (header) => {
    const text = (rows: number) => `${header ? `${INPUTS.join(',')}\n` : ''}${`north,,,,\n`.repeat(rows)}`;
    expect(csvBody(signature, text(MAX_ROWS)).rows).toHaveLength(MAX_ROWS);
    expect(problems(text(MAX_ROWS + 1))).toMatchObject([
      { field: 'rows', expected: `1 to ${MAX_ROWS} rows` },
    ]);
    expect(problems(`${text(MAX_ROWS + 2)}"`)).toMatchObject([{ field: 'rows' }]);
  });
});
