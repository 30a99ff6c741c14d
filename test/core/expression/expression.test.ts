import { describe, expect, it } from 'vitest';
import { parseExpression, type Row, toFunction, toSql, type Value } from '#core/expression/index.ts';

const columns = {
  a: 'number',
  b: 'number',
  t: 'text',
  u: 'text',
  f: 'boolean',
  g: 'boolean',
  time_hour: 'timestamp',
} as const;

function answer(source: string, row: Row = {}): Value {
  return toFunction(parseExpression(source, columns))(row);
}

const at = (iso: string) => ({ time_hour: Date.parse(iso) });

describe('precedence', () => {
  it.each<[string, string, Row]>([
    ['1 + 2 * 3', '1 + (2 * 3)', {}],
    ['10 - 4 - 3', '(10 - 4) - 3', {}],
    ['12 / 2 % 4 * 5', '((12 / 2) % 4) * 5', {}],
    ['-2 % 3 + -a', '((-2) % 3) + (-a)', { a: 5 }],
    ['a + 1 < b * 2', '(a + 1) < (b * 2)', { a: 1, b: 1.5 }],
    ['f or g and not a = 1', 'f or (g and (not (a = 1)))', { f: false, g: true, a: 1 }],
    ['not f and g', '(not f) and g', { f: true, g: false }],
    ['not not f or g', '(not (not f)) or g', { f: false, g: true }],
    ['not a in [1, 2] and f', '(not (a in [1, 2])) and f', { a: 3, f: false }],
    ['f = not g and g', '(f = (not g)) and g', { f: false, g: true }],
    ['not (f) or g', '(not f) or g', { f: true, g: true }],
  ])('reads %s as %s', (source, bracketed, row) => {
    expect(parseExpression(source, columns).ast).toEqual(parseExpression(bracketed, columns).ast);
    expect(answer(source, row)).toBe(answer(bracketed, row));
  });

  it('ignores spaces, tabs and line ends between words', () => {
    expect(answer('case (f ,\n\t1,\r\n2)', { f: true })).toBe(1);
  });
});

it.each(['notes', 'order', 'android', 'inside', 'nullable'])(
  'a column may begin with a word of the grammar: %s',
  (name) => {
    expect(toFunction(parseExpression(`-${name} + ${name} * 2`, { [name]: 'number' }))({ [name]: 4 })).toBe(
      4,
    );
  },
);

describe('numbers', () => {
  it.each<[string, Row, Value]>([
    ['a / b', { a: 1, b: 0 }, null],
    ['a % b', { a: -5.5, b: 2 }, -1.5],
    ['a % b', { a: 1, b: 0 }, null],
    ['a * 10', { a: 1e308 }, null],
    ['1 / (a * 10)', { a: 1e308 }, null],
    ['a', { a: Number.NaN }, null],
    ['a', { a: Number.NEGATIVE_INFINITY }, null],
    ['a', { a: -0 }, 0],
    ['-a', { a: 0 }, 0],
    ['0.1 + 0.2', {}, 0.30000000000000004],
    ['.5 + 1.e1', {}, 10.5],
    ['abs(a)', { a: -3 }, 3],
    ['floor(a)', { a: -1.5 }, -2],
    ['ceil(a)', { a: -1.5 }, -1],
    ['round(a)', { a: 2.5 }, 3],
    ['round(a)', { a: -2.5 }, -3],
    ['round(a)', { a: 0.49999999999999994 }, 0],
    ['sqrt(a)', { a: 9 }, 3],
    ['sqrt(a)', { a: -1 }, null],
    ['min(a, b, 3)', { a: 5, b: null }, 3],
    ['max(a, b)', { a: 5, b: 7 }, 7],
    ['max(a, b)', {}, null],
    ['number(f)', { f: true }, 1],
    ['number(f)', { f: false }, 0],
    ['number(f)', {}, null],
  ])('%s of %j is %j', (source, row, expected) => {
    expect(answer(source, row)).toBe(expected);
  });
});

describe('text', () => {
  it.each<[string, Row, Value]>([
    ['lower(t)', { t: 'ÀB' }, 'Àb'],
    ['upper(t)', { t: 'ßé-z' }, 'ßé-Z'],
    ['length(t)', { t: 'e\u0301👍' }, 3],
    ['trim(t)', { t: '  \ta \u00a0 ' }, '\ta \u00a0'],
    ["concat(t, '-', u)", { t: 'a', u: 'b' }, 'a-b'],
    ["concat(t, '-', u)", { t: 'a' }, null],
    ["starts_with(t, 'N1')", { t: 'N102' }, true],
    ["starts_with(t, 'n1')", { t: 'N102' }, false],
    ["t = 'é'", { t: 'e\u0301' }, false],
    ['t', { t: 'a\uD800b' }, 'a\u{FFFD}b'],
    [`concat("it's", 'a "b"', 'c\\'d', "\\n\\t\\r\\\\")`, {}, `it'sa "b"c'd\n\t\r\\`],
  ])('%s of %j is %j', (source, row, expected) => {
    expect(answer(source, row)).toBe(expected);
  });
});

describe('conditions and nulls', () => {
  const truth: readonly [Value, Value, Value, Value][] = [
    [true, true, true, true],
    [true, false, false, true],
    [true, null, null, true],
    [false, false, false, false],
    [false, null, false, null],
    [null, null, null, null],
  ];
  it.each(truth)('%j and, or %j are %j and %j, as in SQL, from either side', (f, g, and, or) => {
    expect([answer('f and g', { f, g }), answer('g and f', { f, g })]).toEqual([and, and]);
    expect([answer('f or g', { f, g }), answer('g or f', { f, g })]).toEqual([or, or]);
  });

  it.each<[string, Row, Value]>([
    ['not f', {}, null],
    ['a = b', { a: 1 }, null],
    ['a == b', { a: 1, b: 1 }, true],
    ['a != b', { a: 1, b: 1 }, false],
    ['a < b', { a: 1, b: 2 }, true],
    ['a <= b', { a: 2, b: 2 }, true],
    ['a > b', { a: 1, b: 2 }, false],
    ['a >= b', { a: 1, b: 2 }, false],
    ['a >= null', { a: 1 }, null],
    ["t in ['a', 'b']", { t: 'b' }, true],
    ["not (t in ['a', 'b'])", { t: 'c' }, true],
    ["t in ['a', 'b']", {}, null],
    ['a in [-1, 2]', { a: -1 }, true],
    ["case(a > 1, 'high', a > 0, 'low', 'none')", { a: 0.5 }, 'low'],
    ["case(a > 1, 'high', a > 0, 'low', 'none')", {}, 'none'],
    ['case(f, null, a)', { f: true, a: 1 }, null],
    ['coalesce(a, b, 7)', { b: 2 }, 2],
    ['coalesce(null, a, case(f, null, null))', {}, null],
    ['null_if(a, -1)', { a: -1 }, null],
    ['null_if(a, b)', { a: 3 }, 3],
    ['is_null(a)', { a: Number.POSITIVE_INFINITY }, true],
    ['is_null(t)', { t: '' }, false],
    ['is_null(a)', { a: undefined }, true],
  ])('%s of %j is %j', (source, row, expected) => {
    expect(answer(source, row)).toBe(expected);
  });
});

describe('timestamps', () => {
  it.each<[string, Row, Value]>([
    ['year(time_hour)', at('2013-12-31T23:30:00Z'), 2013],
    ["year(time_hour, 'Asia/Tokyo')", at('2013-12-31T23:30:00Z'), 2014],
    ['month(time_hour)', at('2013-12-31T23:30:00Z'), 12],
    ['day(time_hour)', at('2013-12-31T23:30:00Z'), 31],
    ['minute(time_hour)', at('1969-12-31T23:59:59.999Z'), 59],
    ["minute(time_hour, 'Asia/Kathmandu')", at('2013-01-01T00:00:00Z'), 45],
    ['weekday(time_hour)', at('2013-04-01T00:00:00Z'), 1],
    ['weekday(time_hour)', at('2013-04-07T00:00:00Z'), 7],
    ['day_of_year(time_hour)', at('2012-12-31T00:00:00Z'), 366],
    ["hour(time_hour, 'America/New_York')", at('2013-03-10T06:59:59Z'), 1],
    ["hour(time_hour, 'America/New_York')", at('2013-03-10T07:00:00Z'), 3],
    ["hour(time_hour, 'America/New_York')", at('2013-11-03T05:30:00Z'), 1],
    ["hour(time_hour, 'America/New_York')", at('2013-11-03T06:30:00Z'), 1],
    ["hours_between(time_hour, timestamp('2013-01-02T00:00:00+01:00'))", at('2013-01-01T00:30:00Z'), 22.5],
    ["time_hour < timestamp('2013-01-01T00:00:00.001Z')", at('2013-01-01T00:00:00Z'), true],
    ["timestamp('2013-01-01T05:45-05:30')", {}, Date.UTC(2013, 0, 1, 11, 15)],
    ['time_hour', { time_hour: -0.5 }, -1],
    ['time_hour', { time_hour: Date.UTC(1600, 0, 1) }, Date.UTC(1600, 0, 1)],
    ['time_hour', { time_hour: Date.UTC(1600, 0, 1) - 1 }, null],
    ['time_hour', { time_hour: Date.UTC(10_000, 0, 1) }, null],
    ['time_hour', { time_hour: Number.NaN }, null],
  ])('%s of %j is %j', (source, row, expected) => {
    expect(answer(source, row)).toBe(expected);
  });
});

describe('an expression', () => {
  it('says its type and the columns it reads, sorted, each once', () => {
    const { type, columns: used } = parseExpression("case(f, t, concat(u, t, 'a'))", columns);
    expect({ type, used }).toEqual({ type: 'text', used: ['f', 't', 'u'] });
  });

  it.each(["coalesce(a, null) > 1 and hour(time_hour, 'Asia/Tokyo') in [1, 2]", 'a + -0'])(
    'survives JSON, as its tree is plain data: %s',
    (source) => {
      const expression = parseExpression(source, columns);
      const copy = JSON.parse(JSON.stringify(expression));
      expect(copy).toEqual(expression);
      expect(toSql(copy)).toBe(toSql(expression));
    },
  );

  it('lets the caller render columns', () => {
    expect(toSql(parseExpression('f', columns), (name) => `flights."${name}"`)).toBe(
      'CAST(flights."f" AS BOOLEAN)',
    );
  });

  it.each<[string, (inner: string) => string, string]>([
    ['numbers', (inner) => `null_if(sqrt(${inner} / 2), b)`, 'a'],
    ['time zones', (inner) => `case(hour(${inner}, 'Etc/GMT+5') > 3, time_hour, null)`, 'time_hour'],
  ])('stays linear in SQL however deep it nests %s', (_, wrap, start) => {
    const lengthOf = (levels: number) => {
      let source = start;
      for (let level = 0; level < levels; level++) source = wrap(source);
      return toSql(parseExpression(source, columns)).length;
    };
    expect(lengthOf(10)).toBeLessThan(2.5 * lengthOf(5));
  });

  it('reads own properties of a row only, even for a column named constructor or __proto__', () => {
    const names = JSON.parse('{"constructor": "text", "__proto__": "number"}');
    expect(toFunction(parseExpression('is_null(constructor)', names))({})).toBe(true);
    expect(toFunction(parseExpression('is_null(__proto__)', names))({})).toBe(true);
    expect(toFunction(parseExpression('__proto__', names))(JSON.parse('{"__proto__": 4}'))).toBe(4);
  });

  it.each<[string, Row, string]>([
    ['a', { a: '1' }, 'a: expected a number or null, got "1"'],
    ['t', { t: 1 }, 't: expected a text or null, got 1'],
    ['f', { f: 1 }, 'f: expected a boolean or null, got 1'],
    ['time_hour', { time_hour: '2013' }, 'time_hour: expected epoch milliseconds or null, got "2013"'],
  ])('refuses %s in a row %j', (source, row, message) => {
    const evaluate = toFunction(parseExpression(source, columns));
    expect(() => evaluate(row)).toThrow(expect.objectContaining({ name: 'InvalidInputError', message }));
  });
});
