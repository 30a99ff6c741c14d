import { describe, expect, it } from 'vitest';
import { UsageError } from '#lib/commands/arguments.ts';
import { parseBody } from '#lib/commands/predict.ts';

describe('a body of rows may be', () => {
  const rows = [{ a: 1 }, { a: null }];
  it.each([
    ['{"rows": [...]}', JSON.stringify({ rows }), rows],
    ['an array of rows', JSON.stringify(rows, null, 2), rows],
    ['one row', '{ "a": 1 }\n', [{ a: 1 }]],
    ['JSON Lines', '{"a":1}\n\n{"a":null}\r\n', rows],
  ])('%s', (_, body, expected) => {
    expect(parseBody(body)).toEqual(expected);
  });
});

it('what rows hold is left to the API: a wrong row is sent as it is', () => {
  expect(parseBody('[1, null]')).toEqual([1, null]);
});

it.each(['', 'abc', '3', 'null', '"text"'])('refuses %j: there is no row in it', (body) => {
  expect(() => parseBody(body)).toThrow(UsageError);
});

it('names the line that is no row', () => {
  expect(() => parseBody('{"a":1}\n{"a":\n{"a":2}')).toThrow('line 2 is no row');
});
