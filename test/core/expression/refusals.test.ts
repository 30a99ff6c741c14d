import { describe, expect, it } from 'vitest';
import { ExpressionError, parseExpression } from '#core/expression/index.ts';

const columns = { a: 'number', b: 'number', t: 'text', f: 'boolean', time_hour: 'timestamp' } as const;

function refusal(source: string): string {
  try {
    parseExpression(source, columns);
  } catch (error) {
    expect(error).toBeInstanceOf(ExpressionError);
    return (error as ExpressionError).message;
  }
  return 'accepted';
}

const ISO =
  "a literal such as timestamp('2013-04-01T05:00:00Z'), ISO 8601 with Z or an offset, from 1600 to 9999";
const HOUR = "hour(timestamp) or hour(timestamp, 'Area/City')";
const PLAIN = 'a plain column name, function or literal';
const UNTYPED = 'expected another value beside it that says its type';

describe('an expression is refused, with what was found, where, and what was expected', () => {
  it.each<[string, string]>([
    ['abz + 1', 'unknown column "abz" at character 1: expected one of the columns a, b, t, f, time_hour'],
    [
      'hours(a)',
      'unknown function "hours" at character 1: expected one of the functions hour, round, abs, floor, sqrt, lower or 21 more',
    ],
    [
      'a + ln(a)',
      'unknown function "ln" at character 5: expected one of the functions min, abs, max, day, floor, ceil or 21 more',
    ],
    [
      'timestamp + 1',
      'unknown column "timestamp" at character 1: expected one of the columns time_hour, a, t, b, f',
    ],
  ])('for a name that is not there: %s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'this', 'undefined', 'negate'])(
    'for %s, as a column and as a function',
    (name) => {
      expect(refusal(`${name} + 1`)).toMatch(`unknown column "${name}" at character 1`);
      expect(refusal(`1 + ${name}(a)`)).toMatch(
        name === 'this' ? 'a call of something' : `unknown function "${name}" at character 5`,
      );
    },
  );

  it('for any column when there are none', () => {
    expect(() => parseExpression('a', {})).toThrow(
      'unknown column "a" at character 1: expected one of the columns, of which there are none',
    );
  });

  it.each<[string, string]>([
    ['', 'the expression ends at character 1: expected a value'],
    ['a +', 'the expression ends (Expected expression after +) at character 4: expected an expression'],
    ['+a', 'found "+" at character 1: expected a value'],
    ['a b', 'found "b" at character 3: expected an operator'],
    ['a;', 'found ";" at character 2: expected an operator'],
    ['a; b', 'found ";" at character 2: expected an operator'],
    [
      'a -- comment',
      'unknown column "comment" at character 6: expected one of the columns t, a, b, f, time_hour',
    ],
    ['a, b', 'found "," at character 2: expected an operator'],
    [',a', 'found "," at character 1: expected a value'],
    ['(a', 'the expression ends at character 3: expected an operator or `)`'],
    ['()', 'found ")" at character 2: expected a value or `)`'],
    ['a)', 'found ")" at character 2: expected an operator'],
    ['a 👍 b', 'found "👍" at character 3: expected an operator'],
    ['min(a b)', 'found "b" at character 7: expected a comma or `)`'],
    ['min(a,)', 'found ")" at character 7: expected a value or `)`'],
    ['min(a, b', 'the expression ends at character 9: expected a comma or `)`'],
    ['a in [1 2]', 'found "2" at character 9: expected a comma or `]`'],
    ['a in [,1]', 'found "," at character 7: expected a value or `]`'],
    ['not', 'the expression ends at character 4: expected a condition after `not`'],
    ["'abc", 'the expression ends (Unclosed quote after "abc") at character 5: expected an expression'],
    [
      '1x',
      'found "x" (Variable names cannot start with a number (1x)) at character 2: expected an expression',
    ],
    ['1e999', 'the number 1e999 at character 1: expected at most 1.7976931348623157e308'],
    [
      "'\\u0041'",
      `"\\\\u" in a text at character 1: expected one of \\\\ \\' \\" \\n \\r \\t, or the character itself`,
    ],
    [
      "'a\0b'",
      'a NUL or half of a surrogate pair in a text at character 1: expected whole Unicode characters',
    ],
    [
      "'\uD800'",
      'a NUL or half of a surrogate pair in a text at character 1: expected whole Unicode characters',
    ],
  ])('for what cannot be read: %j', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each<[string, string]>([
    ['f || f', '`||` at character 1: expected `or` between conditions, or concat(a, b) for text'],
    ['a ?? b', '`??` at character 1: expected coalesce(a, b)'],
    ['f && f', '`&&` at character 1: expected `and`'],
    ['f and !f', '`!` at character 7: expected `not`'],
    ['a <> b', '`<>` at character 1: expected `!=`'],
    ['a === b', '`===` at character 1: expected `=`'],
    ['a !== b', '`!==` at character 1: expected `!=`'],
    ['a ** 2', '`**` at character 1: expected a product such as x * x'],
    ['a | b', 'found "|" at character 3: expected an operator'],
    ['f ? 1 : 2', '`? :` at character 1: expected case(condition, value, otherwise)'],
    ['a.b', `\`.\` or \`[ ]\` after a value at character 1: expected ${PLAIN}`],
    ['a?.b', `\`.\` or \`[ ]\` after a value at character 1: expected ${PLAIN}`],
    ["t['length']", `\`.\` or \`[ ]\` after a value at character 1: expected ${PLAIN}`],
    ['a.b(1)', 'a call of something that is not a name at character 1: expected a function such as abs(x)'],
    ['(abs)(a)', 'a call of something that is not a name at character 1: expected a function such as abs(x)'],
    ['[1, 2]', 'a list at character 1: expected lists only after `in`'],
    ['`x`', 'found "`" at character 1: expected a value'],
    ['{}', 'found "{" at character 1: expected a value'],
  ])("for another language's grammar: %s", (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each<[string, string]>([
    ['abs()', '`abs` with 0 arguments at character 1: expected abs(x)'],
    ['abs(a, b)', '`abs` with 2 arguments at character 1: expected abs(x)'],
    ['min(a)', '`min` with 1 argument at character 1: expected min(a, b, ...)'],
    ['case(f, 1)', '`case` with 2 arguments at character 1: expected case(condition, value, ..., otherwise)'],
    [
      'case(f, 1, f, 2)',
      '`case` with 4 arguments at character 1: expected case(condition, value, ..., otherwise)',
    ],
    ["hour(time_hour, 'UTC', 1)", `\`hour\` with 3 arguments at character 1: expected ${HOUR}`],
  ])('for a wrong number of arguments: %s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each<[string, string]>([
    ["a = 'x'", 'the text "x" as argument 2 of `=` at character 5: expected a number: a = b'],
    ["t + 'x'", 'the text column "t" as argument 1 of `+` at character 1: expected a number: a + b'],
    ['abs(f and f)', 'a boolean result as argument 1 of `abs` at character 5: expected a number: abs(x)'],
    [
      'case(a, 1, 2)',
      'the number column "a" as argument 1 of `case` at character 6: expected a condition (boolean): case(condition, value, ..., otherwise)',
    ],
    [
      'coalesce(null, t, 1)',
      'the number 1 as argument 3 of `coalesce` at character 19: expected text: coalesce(a, b, ...)',
    ],
    [
      "t < 'b'",
      'the text column "t" as argument 1 of `<` at character 1: expected numbers or timestamps (the order of text differs between collations): a < b',
    ],
    [
      '1 < a < 3',
      'a boolean result as argument 1 of `<` at character 1: expected numbers or timestamps (a range is low < x and x < high): a < b',
    ],
    [
      'not a',
      'the number column "a" as argument 1 of `not` at character 5: expected a condition (boolean): not a',
    ],
    [
      'hours_between(time_hour, a)',
      'the number column "a" as argument 2 of `hours_between` at character 26: expected a timestamp: hours_between(from, to)',
    ],
    [
      'time_hour - time_hour',
      'the timestamp column "time_hour" as argument 1 of `-` at character 1: expected a number: a - b',
    ],
  ])('for a wrong type: %s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each<[string, string]>([
    [
      'a in b',
      "no list after `in` at character 6: expected a list of at least one literal, such as ['a', 'b']",
    ],
    ['a in []', "an empty list at character 6: expected a list of at least one literal, such as ['a', 'b']"],
    [
      'a in [b]',
      'not a literal as argument 2 of `in` at character 7: expected literals in the list: x in [a, b, ...]',
    ],
    [
      "a in [1, 'x']",
      'the text "x" as argument 3 of `in` at character 10: expected a number: x in [a, b, ...]',
    ],
    ['a in [1, null]', 'null in a list at character 10: expected is_null(x) beside `in`'],
  ])('for a list that is not one of literals: %s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });

  it.each(['null', 'null = null', 'coalesce(null, null)', 'is_null(null)'])(
    'for a null that has no type: %s',
    (source) => {
      expect(refusal(source)).toMatch(UNTYPED);
    },
  );

  it.each([
    "'2013-02-30T00:00:00Z'",
    "'2013-01-01T00:00:00'",
    "'2013-01-01'",
    "'1599-12-31T23:59:59Z'",
    "'9999-12-31T23:59:59-00:01'",
    "'2013-01-01T24:00:00Z'",
    "'2013-01-01T00:00:00.0001Z'",
    "'2013-01-01T00:00:00+24:00'",
    "'2013-01-01T00:00:00+00:60'",
  ])('for an instant that is not one: timestamp(%s)', (literal) => {
    expect(refusal(`timestamp(${literal})`)).toBe(
      `timestamp(${literal.replaceAll("'", '"')}) at character 1: expected ${ISO}`,
    );
  });

  it.each(['timestamp()', 'timestamp(t)', 'timestamp(1)', "timestamp('2013-01-01T00:00:00Z', 1)"])(
    'for %s',
    (source) => {
      expect(refusal(source)).toBe(`timestamp(...) at character 1: expected ${ISO}`);
    },
  );

  it.each(['Mars/Olympus', '+02:00', 'UTC; DROP TABLE x', ''])('for the time zone %j', (zone) => {
    expect(refusal(`hour(time_hour, '${zone}')`)).toBe(
      `the unknown time zone "${zone}" as argument 2 of \`hour\` at character 17: expected an IANA name such as Europe/Paris: ${HOUR}`,
    );
  });

  it('for a time zone that is not a literal', () => {
    expect(refusal('hour(time_hour, t)')).toBe(
      `the text column "t" as argument 2 of \`hour\` at character 17: expected a time zone's name as literal text: ${HOUR}`,
    );
  });
});

describe('limits', () => {
  const negated = (levels: number) => `${'-'.repeat(levels - 1)}a`;
  it('allow 2,000 characters and refuse one more', () => {
    expect(refusal('a'.padEnd(2000))).toBe('accepted');
    expect(refusal('a'.padEnd(2001))).toBe(
      '2001 characters, the first too many at character 2001: expected at most 2000 characters',
    );
  });

  it.each<[string, (levels: number) => string]>([
    ['calls', (levels) => `${'abs('.repeat(levels - 1)}a${')'.repeat(levels - 1)}`],
    ['operators', negated],
    ['brackets', (levels) => `${'('.repeat(levels - 1)}a${')'.repeat(levels - 1)}`],
    ['nots', (levels) => `${'not '.repeat(levels - 1)}f`],
    ['sums', (levels) => `a${' + a'.repeat(levels - 1)}`],
  ])('allow 50 levels of %s and refuse one more', (_, nest) => {
    expect(refusal(nest(50))).toBe('accepted');
    expect(refusal(nest(51))).toMatch(/^level 51 of nesting at character \d+: expected at most 50 levels$/);
  });

  it('refuse the deepest nesting that fits in the text without running out of stack', () => {
    expect(refusal('('.repeat(2000))).toMatch('level 51 of nesting at character 51');
  });

  it('allow 500 parts and refuse one more', () => {
    const list = (items: number) => `a in [${Array.from({ length: items }, () => '1').join(',')}]`;
    expect(refusal(list(497))).toBe('accepted');
    expect(refusal(list(498))).toBe(
      'part 501 at character 1001: expected at most 500 operators, calls, names and literals',
    );
  });
});
