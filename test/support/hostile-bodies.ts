import { gzipSync } from 'node:zlib';
import { type Random, seededRandom } from '#core/random/seeded-random.ts';

/** A body that must be refused by a model of flights, and how. */
export interface HostileBody {
  readonly kind: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: 400 | 413 | 415 | 422;
  /** A field that a 422 must name. */
  readonly field?: string;
}

type Row = Readonly<Record<string, unknown>>;
type Make = (random: Random, good: readonly Row[]) => Omit<HostileBody, 'kind'>;

const LIMIT = 2 * 2 ** 20;
const pick = <T>(random: Random, of: readonly T[]): T => of[random.integer(0, of.length - 1)] as T;

/** Some good rows, one of which is told by its index. */
function someRows(random: Random, good: readonly Row[]): { rows: Row[]; at: number } {
  const rows = Array.from({ length: random.integer(1, 4) }, () => pick(random, good));
  return { rows, at: random.integer(0, rows.length - 1) };
}

/** Some good rows, of which one has a column changed. */
function changed(random: Random, good: readonly Row[], column: string, value: unknown): string {
  const { rows, at } = someRows(random, good);
  rows[at] = { ...rows[at], [column]: value };
  return JSON.stringify({ rows });
}

/** A good row as text, with something more or something else in it. */
function rewritten(random: Random, good: readonly Row[], rewrite: (row: string) => string): string {
  return `{"rows":[${rewrite(JSON.stringify(pick(random, good)))}]}`;
}

const nested = (depth: number, [open, close]: readonly [string, string]) =>
  `${open.repeat(depth)}1${close.repeat(depth)}`;

const WRONG: Readonly<Record<string, readonly unknown[]>> = {
  distance: ['100', true, [1], { a: 1 }, null, 6000.0001, -0.001, 'NaN', ''],
  sched_dep_time: [10.5, -1, 2401, '0800', null],
  carrier: [7, 'ABC', 'a\0', '\ud800', null, {}, ['AA'], false],
  origin: ['XXX', 'jfk', 'JFK ', '', 1, null],
  time_hour: [
    'yesterday',
    '2013-02-30T00:00:00Z',
    '0001-01-01T00:00:00Z',
    '2013-01-01T25:00:00Z',
    1_357_034_400,
    null,
  ],
  temp: ['cold', '39', [], {}, true],
};
const UNKNOWN = [
  'distanc',
  'constructor',
  'toString',
  'hasOwnProperty',
  'Distance',
  'distance ',
  '',
  'rows',
  '$where',
];
const NO_JSON: readonly ((good: string, random: Random) => string)[] = [
  () => '',
  () => ' \n',
  (good) => good.replace('}]', ',}]'),
  (good) => good.replace(']}', ',]}'),
  (good) => good.replaceAll('"', "'"),
  (good) => good.replace('"rows"', 'rows'),
  (good) => `${good}]`,
  (good) => good + good,
  (good) => `/* rows */ ${good}`,
  (good) => good.replace(':', ' '),
  (good) => good.replace('{"rows":[{', '{"rows":[{"temp":NaN,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"temp":-Infinity,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"temp":0x1F,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"temp":01,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"temp":+1,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"temp":.5,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"te\nmp":1,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"te\\mp":1,'),
  (good) => good.replace('{"rows":[{', '{"rows":[{"te\\u00gmp":1,'),
  (_, random) => '['.repeat(random.integer(1, 100_000)),
  (_, random) => '{"a":'.repeat(random.integer(1, 50_000)),
  (_, random) =>
    String.fromCharCode(...Array.from({ length: 50 }, () => random.integer(0x20, 0x21)))
      .trimStart()
      .concat('!'),
];
const ENCODINGS: readonly ((good: string) => Pick<HostileBody, 'body' | 'headers'>)[] = [
  (good) => ({ body: Buffer.from(good, 'utf16le') }),
  (good) => ({ body: Buffer.from(`\ufeff${good}`, 'utf16le') }),
  (good) => ({ body: Buffer.from(good, 'utf16le').swap16() }),
  (good) => ({ body: Buffer.from(`\ufeff${good}`) }),
  (good) => ({ body: Buffer.from(good.replace('{"rows":[{', '{"rows":[{"tailnum":"é",'), 'latin1') }),
  (good) => ({ body: Buffer.concat([Buffer.from(good), Uint8Array.of(0xff)]) }),
  (good) => ({ body: splice(good, [0xc0, 0xaf]) }),
  (good) => ({ body: splice(good, [0xed, 0xa0, 0x80]) }),
  (good) => ({ body: splice(good, [0xf4, 0x90, 0x80, 0x80]) }),
  (good) => ({ body: splice(good, [0xe2, 0x82]) }),
  (good) => ({ body: gzipSync(good) }),
  (good) => ({ body: Buffer.from(good).toString('base64') }),
  (good) => ({ body: gzipSync(good), headers: { 'content-type': 'application/octet-stream' } }),
  (good) => ({ body: Buffer.from(good, 'utf16le'), headers: { 'content-type': 'application/octet-stream' } }),
];

/** Bytes in the middle of a text value. */
function splice(good: string, bytes: readonly number[]): Uint8Array {
  const [before, after] = good.split('"origin":"') as [string, string];
  return Buffer.concat([Buffer.from(`${before}"origin":"`), Uint8Array.from(bytes), Buffer.from(after)]);
}

const KINDS: Readonly<Record<string, Make>> = {
  'a value of the wrong type or out of range': (random, good) => {
    const column = pick(random, Object.keys(WRONG));
    const { rows, at } = someRows(random, good);
    rows[at] = { ...rows[at], [column]: pick(random, WRONG[column] as unknown[]) };
    return { body: JSON.stringify({ rows }), status: 422, field: `rows[${at}].${column}` };
  },
  'a column that is missing': (random, good) => {
    const column = pick(random, ['distance', 'carrier', 'origin', 'dest', 'time_hour']);
    const { [column]: _, ...row } = pick(random, good);
    return { body: JSON.stringify({ rows: [row] }), status: 422, field: `rows[0].${column}` };
  },
  'a column that is unknown': (random, good) => ({
    body: changed(random, good, pick(random, UNKNOWN), 1),
    status: 422,
  }),
  'a name twice': (random, good) => {
    const column = pick(random, ['distance', 'carrier', 'origin', 'time_hour', 'flight']);
    const name = pick(random, [
      `"${column}"`,
      `"\\u${column.charCodeAt(0).toString(16).padStart(4, '0')}${column.slice(1)}"`,
    ]);
    const value = JSON.stringify(pick(random, [1, 'AA', null, {}, good[0]?.[column]]));
    return {
      body: rewritten(random, good, (row) => `{${name}:${value},${row.slice(1)}`),
      status: 422,
      field: `rows[0].${column}`,
    };
  },
  'rows twice': (random, good) => {
    const rows = JSON.stringify([pick(random, good)]);
    return { body: `{"rows":${rows},"rows":${rows}}`, status: 422, field: 'rows' };
  },
  'the name __proto__': (random, good) => {
    const value = pick(random, ['{"distance":1}', 'null', '1', '{"__proto__":{"polluted":true}}']);
    const inRow = random.integer(0, 1) === 1;
    const row = JSON.stringify(pick(random, good));
    return inRow
      ? { body: `{"rows":[{"__proto__":${value},${row.slice(1)}]}`, status: 422, field: 'rows[0].__proto__' }
      : { body: `{"__proto__":${value},"rows":[${row}]}`, status: 422, field: '__proto__' };
  },
  'a number beyond double precision': (random, good) => {
    const number = pick(random, ['1e400', '-1e400', '1E+309', '9'.repeat(400), `1${'0'.repeat(5000)}`]);
    const column = pick(random, ['distance', 'temp', 'dep_delay', 'air_time']);
    const { [column]: _, ...row } = pick(random, good);
    const body = `{"rows":[{"${column}":${number},${JSON.stringify(row).slice(1)}]}`;
    return { body, status: 422, field: `rows[0].${column}` };
  },
  'half of a surrogate pair': (random, good) => {
    const half = pick(random, ['\\ud800', '\\udfff', 'a\\udc00', '\\ud83dx']);
    return random.integer(0, 1) === 1
      ? { body: rewritten(random, good, (row) => `{"${half}":1,${row.slice(1)}`), status: 422 }
      : {
          body: rewritten(random, good, (row) => row.replace(/"carrier":"[^"]*"/, `"carrier":"${half}"`)),
          status: 422,
          field: 'rows[0].carrier',
        };
  },
  'nested too deep': (random, good) => {
    const depth = pick(random, [33, 40, 1000, random.integer(5_000, 300_000)]);
    const brackets = pick(random, [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const);
    const deep = nested(depth, brackets);
    const body = pick(random, [
      deep,
      `{"rows":${deep}}`,
      rewritten(random, good, (row) => `{"tailnum":${deep},${row.slice(1)}`),
    ]);
    return body.length > LIMIT ? { body, status: 413 } : { body, status: 422 };
  },
  'no rows at all': (random) => ({
    body: pick(random, [
      '[]',
      'null',
      '"rows"',
      '1',
      'true',
      '{}',
      '{"rows":{"0":{}}}',
      '{"rows":null}',
      '{"rows":"x"}',
      '{"rows":[]}',
      '{"Rows":[]}',
      '{"rows":[1]}',
      '{"rows":[null]}',
      '{"rows":[[]]}',
      '{"instances":[]}',
    ]),
    status: 422,
  }),
  'too many rows': (random, good) => {
    const count = pick(random, [1001, 5000, 10_000]);
    const row = count === 1001 ? pick(random, good) : { carrier: 'AA' };
    return { body: JSON.stringify({ rows: Array(count).fill(row) }), status: 422, field: 'rows' };
  },
  'very many names': (random, good) => {
    const more = Array.from(
      { length: random.integer(1_000, 50_000) },
      (_, index) => `"x${index}":${index}`,
    ).join();
    return {
      body: rewritten(random, good, (row) => `{${more},${row.slice(1)}`),
      status: 422,
      field: 'rows[0].x0',
    };
  },
  'a value that is very long': (random, good) => ({
    body: changed(random, good, 'carrier', 'x'.repeat(random.integer(1_000, 1_000_000))),
    status: 422,
  }),
  'no JSON': (random, good) => ({
    body: pick(random, NO_JSON)(JSON.stringify({ rows: [pick(random, good)] }), random),
    status: 400,
  }),
  'cut off': (random, good) => {
    const whole = JSON.stringify({ rows: someRows(random, good).rows });
    return { body: whole.slice(0, random.integer(1, whole.length - 1)), status: 400 };
  },
  'another encoding': (random, good) => ({
    ...pick(random, ENCODINGS)(JSON.stringify({ rows: [pick(random, good)] })),
    status: 400,
  }),
  compressed: (random, good) => ({
    body: pick(random, [gzipSync, String])(JSON.stringify({ rows: [pick(random, good)] })),
    headers: { 'content-encoding': pick(random, ['gzip', 'br']) },
    status: 415,
  }),
  'too large': (random, good) => {
    const more = random.integer(1, 2 ** 20);
    const fill = pick(random, ['x', 'ü', ' ', '\\u0041']);
    return {
      body: changed(
        random,
        good,
        'carrier',
        fill.repeat(Math.ceil((LIMIT + more) / Buffer.byteLength(fill))),
      ),
      status: 413,
    };
  },
};
/** Megabytes each: one in so many bodies of their turn. */
const RARE: Readonly<Record<string, number>> = {
  'too large': 10,
  'nested too deep': 2,
  'very many names': 4,
};

/** So many bodies, kind after kind; the same for the same seed. */
export function* hostileBodies(seed: string, count: number, good: readonly Row[]): Generator<HostileBody> {
  const random = seededRandom(seed);
  const kinds = Object.entries(KINDS);
  for (let made = 0, turn = 0; made < count; turn++) {
    for (const [kind, make] of kinds) {
      if (made === count || turn % (RARE[kind] ?? 1) !== 0) continue;
      made++;
      yield { kind, ...make(random, good) };
    }
  }
}
