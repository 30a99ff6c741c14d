import { describe, expect, it } from 'vitest';
import { UsageError } from '#lib/commands/arguments.ts';
import { describePrediction, parseBody } from '#lib/commands/predict.ts';

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

describe('a prediction is told as its task gives it', () => {
  it.each([
    ['binary', { probability: 0.25, margin: -1.0986, positive: false }, ['0.2500', '-1.0986', 'no']],
    ['regression', { value: 12.3456789 }, ['12.3457']],
    ['multiclass', { label: 'a\u001b[2J', probabilities: { 'a\u001b[2J': 0.7, b: 0.3 } }, ['a', '0.7000']],
  ])('%s', (_, prediction, cells) => {
    expect(Object.values(describePrediction(prediction))).toEqual(cells);
  });
});
