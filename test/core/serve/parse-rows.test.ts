import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldPath, InvalidInputError } from '#core/errors.ts';
import { MAX_ROWS, parseRows } from '#core/serve/parse-rows.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import { number, text } from '#core/spec/column.ts';
import { defineDataset } from '#core/spec/dataset.ts';
import { categorical } from '#core/spec/model.ts';
import { problemsOf } from '#test/support/problems.ts';
import { trips, tripsLate } from '#test/support/trips.ts';

const signature = signatureOf(tripsLate(), { city: ['north'], kind: [] });
const good = { city: 'north', km: 5, express: true, kind: 'day', mm: 0.5, id: 7, at: '2013-01-01T05:00:00Z' };
const refusals = (body: unknown) => problemsOf('InvalidInputError', () => parseRows(signature, body));
const rowRefusals = (changes: object) => refusals({ rows: [{ ...good, ...changes }] });

describe('parseRows', () => {
  it('takes rows of the columns that the model needs, and the key and time that truth joins by', () => {
    expect(parseRows(signature, { rows: [good] })).toEqual([{ ...good, at: Date.UTC(2013, 0, 1, 5) }]);
  });

  it('takes null and nothing for optional columns, key, time and joined columns', () => {
    const nothing = { km: null, express: null, kind: null, mm: null, id: null, at: null };
    expect(parseRows(signature, { rows: [{ city: 'south' }, { city: 'south', ...nothing }] })).toEqual([
      { city: 'south', ...nothing },
      { city: 'south', ...nothing },
    ]);
  });

  it('takes the datasets’ other columns and does not look at them', () => {
    const [row] = parseRows(signature, { rows: [{ ...good, delay: 'soon', measured_at: {} }] });
    expect(Object.keys(row as object)).not.toContain('delay');
  });

  it.each([
    ['a missing column', { city: undefined }, 'rows[0].city', 'one of "north", "south"', 'nothing'],
    ['null where it may not be', { city: null }, 'rows[0].city', 'one of "north", "south"', 'null'],
    ['a text that is not accepted', { city: 'west' }, 'rows[0].city', 'one of "north", "south"', '"west"'],
    [
      'a text that is too long',
      { kind: '😀'.repeat(9) },
      'rows[0].kind',
      'text of at most 8 characters or null',
      `"${'😀'.repeat(9)}"`,
    ],
    [
      'half a surrogate pair',
      { kind: 'a\ud800' },
      'rows[0].kind',
      'text of at most 8 characters or null',
      '"a\\ud800"',
    ],
    ['NUL in a text', { kind: 'a\0' }, 'rows[0].kind', 'text of at most 8 characters or null', '"a\\u0000"'],
    ['a number as text', { km: '5' }, 'rows[0].km', 'a number at least 0 and at most 100 or null', '"5"'],
    [
      'a number that is too small',
      { km: -0.1 },
      'rows[0].km',
      'a number at least 0 and at most 100 or null',
      '-0.1',
    ],
    [
      'a number that is too large',
      { km: 100.1 },
      'rows[0].km',
      'a number at least 0 and at most 100 or null',
      '100.1',
    ],
    [
      'a number beyond double',
      { mm: JSON.parse('1e400') },
      'rows[0].mm',
      'a number at least 0 or null',
      'Infinity',
    ],
    ['a fraction of a whole number', { id: 1.5 }, 'rows[0].id', 'a whole number at least 1 or null', '1.5'],
    ['a text as condition', { express: 'true' }, 'rows[0].express', 'true or false or null', '"true"'],
    [
      'an instant that is none',
      { at: '2013-02-30' },
      'rows[0].at',
      'an ISO 8601 instant from 1970-01-01T00:00:00Z to 2199-12-31T23:59:59Z or null',
      '"2013-02-30"',
    ],
    [
      'an instant out of range',
      { at: '1969-12-31' },
      'rows[0].at',
      'an ISO 8601 instant from 1970-01-01T00:00:00Z to 2199-12-31T23:59:59Z or null',
      '"1969-12-31"',
    ],
    [
      'epoch milliseconds',
      { at: 5 },
      'rows[0].at',
      'an ISO 8601 instant from 1970-01-01T00:00:00Z to 2199-12-31T23:59:59Z or null',
      '5',
    ],
    ['an unknown column', { speed: 1 }, 'rows[0].speed', 'a column that the model knows', '1'],
    [
      'a column of every object',
      { constructor: 1 },
      'rows[0].constructor',
      'a column that the model knows',
      '1',
    ],
    [
      'a column with dots and quotes',
      { 'a."b': 1 },
      'rows[0]["a.\\"b"]',
      'a column that the model knows',
      '1',
    ],
  ])('refuses %s, naming field, value and what was expected', (_, changes, field, expected, got) => {
    expect(rowRefusals(changes)).toEqual([{ field, expected, got }]);
  });

  it.each([
    ['Ada Lovelace', 'text of 12 characters'],
    [4711, 'a value of type number'],
    [true, 'a value of type boolean'],
    [['Ada'], 'an array'],
    [{ name: 'Ada' }, 'a value of type object'],
    [undefined, 'nothing'],
  ])('does not repeat %j, a wrong value of a sensitive column', (value, got) => {
    const from = defineDataset({
      ...trips,
      columns: { ...trips.columns, city: text({ sensitive: 'hash', oneOf: ['north', 'south'] }) },
    });
    const closed = signatureOf(
      tripsLate({ from, join: [], features: { km: 'km', city: categorical('city') } }),
      { city: ['north'] },
    );
    const found = problemsOf('InvalidInputError', () =>
      parseRows(closed, { rows: [{ km: 1, city: value }] }),
    );
    expect(found).toEqual([{ field: 'rows[0].city', expected: 'one of "north", "south"', got }]);
  });

  it('counts characters, not UTF-16 units', () => {
    expect(parseRows(signature, { rows: [{ ...good, kind: '😀'.repeat(8) }] })).toHaveLength(1);
  });

  it('refuses __proto__ as a column, and nothing is inherited from it', () => {
    const body = JSON.parse('{"rows":[{"__proto__":{"city":"north"}}]}');
    expect(refusals(body).map(({ field }) => field)).toEqual(['rows[0].__proto__', 'rows[0].city']);
  });

  it('takes nothing for a column named as what every object has', () => {
    const from = defineDataset({
      ...trips,
      columns: { ...trips.columns, constructor: number({ nullable: true }) },
    });
    const odd = signatureOf(tripsLate({ from, features: { made: 'constructor' }, join: [] }), {});
    expect(parseRows(odd, { rows: [{}] })).toEqual([{ constructor: null, at: null, id: null }]);
  });

  it('names the wrong fields of several rows at once, in order', () => {
    const body = { rows: [good, { ...good, km: 'x', city: 1 }, 5, [], { ...good, mm: -1 }], model: 'm' };
    const fields = ['model', 'rows[1].city', 'rows[1].km', 'rows[2]', 'rows[3]', 'rows[4].mm'];
    expect(refusals(body).map(({ field }) => field)).toEqual(fields);
  });

  it.each([
    [undefined, ''],
    [null, ''],
    ['rows', ''],
    [[good], ''],
    [{}, 'rows'],
    [{ rows: good }, 'rows'],
    [{ rows: [] }, 'rows'],
    [Object.create({ rows: [good] }), 'rows'],
  ])('refuses the body %j', (body, field) => {
    expect(refusals(body).map((problem) => problem.field)).toEqual([field]);
  });

  it(`takes ${MAX_ROWS} rows and refuses one more`, () => {
    expect(parseRows(signature, { rows: new Array(MAX_ROWS).fill(good) })).toHaveLength(MAX_ROWS);
    expect(refusals({ rows: new Array(MAX_ROWS + 1).fill(good) })).toEqual([
      { field: 'rows', expected: '1 to 1000 rows', got: '1001 rows' },
    ]);
  });

  it('answers with at most 20 problems of bounded size, however wrong the request is', () => {
    const unknown = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`x${index}`, index]));
    const long = { ['x'.repeat(100_000)]: 'y'.repeat(100_000) };
    const some = Object.fromEntries(Object.entries(unknown).slice(0, 19));
    const bodies = [
      { rows: [{ ...some, km: 'x', mm: 'x' }] },
      unknown,
      { ...unknown, rows: [] },
      { rows: [unknown, long] },
      { rows: [long] },
      long,
    ];
    for (const body of [...bodies, { rows: new Array(MAX_ROWS).fill({}) }]) {
      const problems = refusals(body);
      expect(problems.length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(problems).length).toBeLessThan(10_000);
    }
    expect(refusals({ ...unknown, rows: [] }).at(-1)?.field).toBe('rows');
  });

  it('refuses a value nested deeper than the stack', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
    expect(rowRefusals({ km: deep })[0]).toMatchObject({ field: 'rows[0].km', got: 'an array' });
    expect(refusals(deep)[0]).toMatchObject({ field: '', got: 'an array' });
  });

  const goodRow = fc.record(
    {
      city: fc.constantFrom('north', 'south'),
      km: fc.option(fc.double({ min: 0, max: 100, noNaN: true })),
      express: fc.option(fc.boolean()),
      kind: fc.option(fc.string({ maxLength: 8, unit: fc.constantFrom('a', ' ', 'ü', '😀', '"', '\n') })),
      mm: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true })),
      id: fc.option(fc.integer({ min: 1 })),
      at: fc.option(
        fc
          .date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true })
          .map((date) => date.toISOString()),
      ),
    },
    { requiredKeys: ['city'] },
  );

  it('takes every row that keeps the rules, values unchanged', () => {
    fc.assert(
      fc.property(fc.array(goodRow, { minLength: 1, maxLength: 5 }), (rows) => {
        const body = JSON.parse(JSON.stringify({ rows }));
        parseRows(signature, body).forEach((parsed, index) => {
          const row = body.rows[index] as Record<string, unknown>;
          for (const name of ['city', 'km', 'express', 'kind', 'mm', 'id']) {
            expect(parsed[name]).toBe(row[name] ?? null);
          }
          expect(parsed.at).toBe(typeof row.at === 'string' ? Date.parse(row.at) : null);
        });
      }),
    );
  });

  it('answers any JSON with rows, or problems that point at a field that is there or is needed', () => {
    const names = [...Object.keys(good), 'delay', '__proto__', 'constructor', 'a.b', 'a"]'];
    const wrongRow = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 }), {
      noNullPrototype: true,
    });
    const rows = fc.array(fc.oneof(goodRow, wrongRow, fc.jsonValue({ maxDepth: 1 })), { maxLength: 4 });
    const body = fc.oneof(fc.jsonValue(), fc.record({ rows }), fc.dictionary(fc.string(), rows));
    fc.assert(
      fc.property(body, (written) => {
        const body = JSON.parse(JSON.stringify(written));
        try {
          expect(parseRows(signature, body)).toHaveLength(body.rows.length);
        } catch (error) {
          if (!(error instanceof InvalidInputError)) throw error;
          const fields = new Set([...fieldsOf(body)]);
          for (const { field } of error.problems) expect(fields).toContain(field);
          expect(error.problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 500 },
    );
  });

  /** Every path that a problem of this body may name. */
  function* fieldsOf(body: unknown): Generator<string> {
    yield '';
    yield 'rows';
    if (typeof body !== 'object' || body === null) return;
    for (const key of Object.keys(body)) yield fieldPath([key]);
    const { rows } = body as { rows?: unknown };
    if (!Array.isArray(rows)) return;
    for (const [index, row] of rows.entries()) {
      yield fieldPath(['rows', index]);
      const names = typeof row === 'object' && row !== null ? Object.keys(row) : [];
      for (const name of [...names, 'city']) yield fieldPath(['rows', index, name]);
    }
  }
});
