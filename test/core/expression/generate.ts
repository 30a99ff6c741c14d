import fc from 'fast-check';
import type { Value, ValueType } from '#core/expression/index.ts';

/** The columns that generated expressions read, with their DuckDB types. */
export const columns = {
  a: 'number',
  b: 'number',
  n: 'number',
  t: 'text',
  u: 'text',
  f: 'boolean',
  g: 'boolean',
  at: 'timestamp',
  until: 'timestamp',
} as const satisfies Record<string, ValueType>;

export const table =
  'a DOUBLE, b DOUBLE, n BIGINT, t VARCHAR, u VARCHAR, f BOOLEAN, g BOOLEAN, "at" TIMESTAMP, until TIMESTAMP';

/** A row as DuckDB stores it: numbers, text, booleans, microseconds. */
export type StoredRow = Readonly<Record<keyof typeof columns, number | string | boolean | bigint | null>>;

/** The row as a request would bring it: instants in milliseconds, towards minus infinity. */
export function asRequest(row: StoredRow): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? requestNumber(name, value) : value,
    ]),
  );
}

function requestNumber(name: string, value: bigint): number {
  if (name === 'n') return Number(value);
  if (value === INFINITE || value === -INFINITE) return Number(value) * Number.POSITIVE_INFINITY;
  const remainder = ((value % 1000n) + 1000n) % 1000n;
  return Number((value - remainder) / 1000n);
}

/** How DuckDB stores `infinity`. */
const INFINITE = 9223372036854775807n;

const zones = [
  'America/New_York',
  'Europe/London',
  'Europe/Dublin', // winter time is the exception there
  'Australia/Lord_Howe', // half an hour of summer time
  'Asia/Kathmandu',
  'Pacific/Apia', // had no 30 December 2011
  'Africa/Monrovia', // seconds until 1972
  'America/Sao_Paulo', // changed at midnight
  'Africa/Casablanca',
  'America/Vancouver', // DuckDB's tz database may be of another year
  'UTC',
];

const finiteNumber = fc.oneof(
  fc.constantFrom(
    0,
    1,
    2,
    3,
    0.5,
    1.5,
    2.5,
    0.1,
    0.49999999999999994,
    4503599627370497,
    2251799813685248.5,
    5e-324,
  ),
  fc.constantFrom(2.225073858507201e-308, 1e308, Number.MAX_VALUE, 1e21, 1e-7, 15, 60, 2 ** 31, 2 ** 63),
  fc.integer({ min: -100, max: 100 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const anyText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'a',
    'A',
    "'",
    '"',
    "';--",
    '\\',
    'e\u0301',
    '\u00e9',
    'ÅSé',
    '👍',
    '👩‍👩‍👧',
    '\t x ',
    '\u00a0x',
    'null',
    'ſ',
  ),
  fc.string({
    unit: fc.constantFrom('a', 'B', ' ', "'", '"', '\u0301', 'é', '𝒳', '\n', 'ß', 'İ'),
    maxLength: 6,
  }),
  fc.string({ unit: 'binary', maxLength: 5 }),
);

const edges = [
  '2013-03-10T07:00:00Z',
  '2013-11-03T06:00:00Z',
  '2011-12-30T10:00:00Z',
  '1972-01-07T00:44:30Z',
  '1883-11-18T17:00:00Z',
]
  .concat([
    '1970-01-01T00:00:00Z',
    '2018-11-04T03:00:00Z',
    '2024-02-29T12:00:00Z',
    '2014-10-26T01:00:00Z',
    '1600-01-01T00:00:00Z',
  ])
  .map((iso) => BigInt(Date.parse(iso)) * 1000n);
const years = (from: number, to: number) =>
  fc.bigInt({ min: BigInt(Date.UTC(from, 0)) * 1000n, max: BigInt(Date.UTC(to, 0)) * 1000n });
const microseconds = fc.oneof(
  fc
    .tuple(fc.constantFrom(...edges), fc.bigInt({ min: -2_000_000n, max: 2_000_000n }))
    .map(([edge, near]) => edge + near),
  fc
    .tuple(fc.constantFrom(...edges), fc.integer({ min: -48, max: 48 }))
    .map(([edge, hours]) => edge + BigInt(hours) * 3_600_000_000n),
  years(1960, 2040),
  years(1600, 10_000),
);

const nullable = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 6 });
const storedNumber = nullable(
  fc.oneof(
    { arbitrary: finiteNumber, weight: 5 },
    { arbitrary: fc.constantFrom(NaN, Infinity, -Infinity, -0, -1e308), weight: 1 },
  ),
);
const storedInstant = nullable(
  fc.oneof(
    { arbitrary: microseconds, weight: 8 },
    {
      arbitrary: fc.constantFrom(
        INFINITE,
        -INFINITE,
        BigInt(Date.UTC(1599, 11, 31)) * 1000n,
        BigInt(Date.UTC(10_000, 0, 1)) * 1000n,
      ),
      weight: 1,
    },
  ),
);

export const storedRow: fc.Arbitrary<StoredRow> = fc.record({
  a: storedNumber,
  b: storedNumber,
  n: nullable(
    fc.oneof(fc.bigInt({ min: -3n, max: 3n }), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  ),
  t: nullable(anyText),
  u: nullable(anyText),
  f: nullable(fc.boolean()),
  g: nullable(fc.boolean()),
  at: storedInstant,
  until: storedInstant,
});

/** Source text of a number, text or instant. */
const numberLiteral = finiteNumber.map((value) => (value < 0 ? `-${-value}` : `${value + 0}`));
const textLiteral = fc.tuple(anyText, fc.constantFrom("'", '"')).map(([text, quote]) => {
  const escaped = text.replaceAll('\0', '').replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
});
const instantLiteral = microseconds
  .map((value) => Number(value / 1000n))
  .filter((value) => value >= Date.UTC(1600, 0) && value < Date.UTC(10_000, 0))
  .map((value) => `timestamp('${new Date(value).toISOString()}')`);
const literals: Record<ValueType, fc.Arbitrary<string>> = {
  number: numberLiteral,
  text: textLiteral,
  boolean: fc.constantFrom('true', 'false'),
  timestamp: instantLiteral,
};

/** Source text of a random expression of the type, with every operator and function somewhere in it. */
export function expressionOf(type: ValueType, depth: number): fc.Arbitrary<string> {
  const key = `${type} ${depth}`;
  const known = built.get(key);
  if (known) return known;
  const arbitrary = build(type, depth);
  built.set(key, arbitrary);
  return arbitrary;
}
const built = new Map<string, fc.Arbitrary<string>>();

function build(type: ValueType, depth: number): fc.Arbitrary<string> {
  const names = Object.entries(columns).flatMap(([name, columnType]) => (columnType === type ? [name] : []));
  const leaf = fc.oneof(
    { arbitrary: fc.constantFrom(...names), weight: 3 },
    { arbitrary: literals[type], weight: 2 },
  );
  if (depth === 0) return leaf;
  const of = (inner: ValueType) => expressionOf(inner, depth - 1);
  const calls = [...anyTypeCalls(type, of), ...(callsOf[type]?.(of) ?? [])];
  return fc.oneof({ arbitrary: leaf, weight: 1 }, { arbitrary: fc.oneof(...calls), weight: 6 });
}

type Of = (type: ValueType) => fc.Arbitrary<string>;

const apply = (name: string, ...args: fc.Arbitrary<string>[]) =>
  fc.tuple(...args).map((parts) => `${name}(${parts.join(', ')})`);
const applyMany = (name: string, arg: fc.Arbitrary<string>) =>
  fc.array(arg, { minLength: 2, maxLength: 4 }).map((parts) => `${name}(${parts.join(', ')})`);
const infix = (operators: readonly string[], arg: fc.Arbitrary<string>) =>
  fc
    .tuple(arg, fc.constantFrom(...operators), arg)
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`);
const withNull = (arg: fc.Arbitrary<string>) =>
  fc.oneof({ arbitrary: arg, weight: 5 }, { arbitrary: fc.constant('null'), weight: 1 });

function anyTypeCalls(type: ValueType, of: Of): fc.Arbitrary<string>[] {
  return [
    apply('case', of('boolean'), withNull(of(type)), of(type)),
    apply('case', of('boolean'), of(type), withNull(of('boolean')), withNull(of(type)), withNull(of(type))),
    applyMany('coalesce', of(type)),
    apply('null_if', of(type), withNull(of(type))),
  ];
}

const dateParts = ['year', 'month', 'day', 'hour', 'minute', 'weekday', 'day_of_year'];

const callsOf: Partial<Record<ValueType, (of: Of) => fc.Arbitrary<string>[]>> = {
  number: (of) => [
    infix(['+', '-', '*', '/', '%'], withNull(of('number'))),
    infix(['+', '-', '*', '/', '%'], of('number')),
    of('number').map((x) => `-${x}`),
    fc
      .tuple(fc.constantFrom('abs', 'floor', 'ceil', 'round', 'sqrt'), of('number'))
      .map(([name, x]) => `${name}(${x})`),
    applyMany('min', withNull(of('number'))),
    applyMany('max', withNull(of('number'))),
    apply('number', of('boolean')),
    apply('length', of('text')),
    fc.tuple(fc.constantFrom(...dateParts), of('timestamp')).map(([name, at]) => `${name}(${at})`),
    fc
      .tuple(fc.constantFrom(...dateParts), of('timestamp'), fc.constantFrom(...zones))
      .map(([name, at, zone]) => `${name}(${at}, '${zone}')`),
    apply('hours_between', of('timestamp'), of('timestamp')),
  ],
  text: (of) => [
    apply('lower', of('text')),
    apply('upper', of('text')),
    apply('trim', of('text')),
    applyMany('concat', withNull(of('text'))),
  ],
  boolean: (of) => [
    infix(['and', 'or'], withNull(of('boolean'))),
    infix(['and', 'or'], of('boolean')),
    of('boolean').map((x) => `(not ${x})`),
    ...(['number', 'text', 'boolean', 'timestamp'] as const).flatMap((type) => [
      infix(['=', '==', '!='], of(type)),
      apply('is_null', of(type)),
      fc
        .tuple(of(type), fc.array(literals[type], { minLength: 1, maxLength: 3 }))
        .map(([x, list]) => `(${x} in [${list.join(', ')}])`),
    ]),
    infix(['<', '<=', '>', '>='], of('number')),
    infix(['<', '<=', '>', '>='], of('timestamp')),
    apply('starts_with', of('text'), of('text')),
  ],
};
