import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boolean, integer, number, text, timestamp } from '#core/spec/column.ts';
import { type DatasetInput, defineDataset } from '#core/spec/dataset.ts';
import { problemsOf } from '#test/support/problems.ts';
import { rain, trips, tripsInput } from '#test/support/trips.ts';

const refusals = (changes: object) =>
  problemsOf('SpecError', () => defineDataset({ ...tripsInput, ...changes } as DatasetInput));
const columnRefusals = (column: object) => refusals({ columns: { ...tripsInput.columns, x: column } });

describe('defineDataset', () => {
  const cases: [rule: string, changes: object, field: string, expected: string | RegExp, got: string][] = [
    ['an unknown field', { colour: 'red' }, 'colour', 'no such field', '"red"'],
    ['a name with capitals', { name: 'Trips' }, 'name', /^lower-case letters/, '"Trips"'],
    ['a name of 64 characters', { name: 'a'.repeat(64) }, 'name', /at most 63/, `"${'a'.repeat(64)}"`],
    ['a name that is a path', { name: '../a' }, 'name', /^lower-case/, '"../a"'],
    ['a mode it does not know', { mode: 'merge' }, 'mode', 'one of "append", "replace"', '"merge"'],
    ['a key that is no list', { key: 'id' }, 'key', 'a list', '"id"'],
    ['a key that is no column', { key: ['id', 'nr'] }, 'key[1]', /^one of the columns id, at,/, '"nr"'],
    [
      'a key named as what every object has',
      { key: ['toString'] },
      'key[0]',
      /^one of the columns/,
      '"toString"',
    ],
    ['a key column named twice', { key: ['id', 'id'] }, 'key[1]', 'each column once', '"id"'],
    ['a time that is a number', { time: 'km' }, 'time', 'a timestamp column', '"km"'],
    ['a time that is no column', { time: 'constructor' }, 'time', 'a timestamp column', '"constructor"'],
    ['no columns', { columns: {}, key: [], time: undefined }, 'columns', 'at least one column', '{}'],
    [
      'fewest rows above most',
      { volume: { minRows: 5, maxRows: 4 } },
      'volume.minRows',
      'at most maxRows (4)',
      '5',
    ],
    ['no rows at all', { volume: { minRows: 0 } }, 'volume.minRows', 'at least 1', '0'],
    [
      'a check that is a number',
      { checks: [{ name: 'c', rule: 'km + 1' }] },
      'checks[0].rule',
      /true or false, not number/,
      '"km + 1"',
    ],
    [
      'a check without a name',
      { checks: [{ name: '', rule: 'km > 1' }] },
      'checks[0].name',
      'at least 1 characters',
      '""',
    ],
    [
      'two checks of one name',
      {
        checks: [
          { name: 'c', rule: 'km > 1' },
          { name: 'c', rule: 'km > 2' },
        ],
      },
      'checks[1].name',
      'a name of its own',
      '"c"',
    ],
    [
      'a share above 1',
      { checks: [{ name: 'c', rule: 'km > 1', atLeast: 1.5 }] },
      'checks[0].atLeast',
      'at most 1',
      '1.5',
    ],
  ];
  it.each(cases)(
    'refuses %s, naming field, value and what was expected',
    (_, changes, field, expected, got) => {
      const problems = refusals(changes);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ field, got });
      expect(problems[0]?.expected).toMatch(expected);
    },
  );

  const columns: [rule: string, column: object, field: string, expected: string | RegExp, got: string][] = [
    [
      'an unknown type',
      { type: 'date' },
      'columns.x.type',
      'one of "number", "text", "boolean", "timestamp"',
      '"date"',
    ],
    ['no type', {}, 'columns.x.type', /^one of "number"/, 'undefined'],
    ['an unknown option', { type: 'number', digits: 2 }, 'columns.x.digits', 'no such field', '2'],
    ['a text as smallest number', { type: 'number', min: '3' }, 'columns.x.min', 'a number', '"3"'],
    ['a share of nulls above 1', number({ nullable: 2 }), 'columns.x.nullable', 'at most 1', '2'],
    [
      'a share of nulls that is a text',
      { type: 'text', nullable: 'often' },
      'columns.x.nullable',
      'true or false or a number',
      '"often"',
    ],
    ['min above max', number({ min: 2, max: 1 }), 'columns.x.min', 'at most max (1)', '2'],
    [
      'a range without a whole number',
      integer({ min: 0.2, max: 0.8 }),
      'columns.x.min',
      'a whole number between min and max (0.8)',
      '0.2',
    ],
    ['no accepted text', text({ oneOf: [] }), 'columns.x.oneOf', 'at least 1 items', '[]'],
    [
      'an accepted text twice',
      text({ oneOf: ['a', 'a'] }),
      'columns.x.oneOf',
      'each value once',
      '["a","a"]',
    ],
    [
      'an accepted text that is too long',
      text({ oneOf: ['a', 'abc'], maxLength: 2 }),
      'columns.x.oneOf[1]',
      'at most maxLength (2) characters',
      '"abc"',
    ],
    [
      'half a surrogate pair accepted',
      text({ oneOf: ['\ud800'] }),
      'columns.x.oneOf[0]',
      /lone surrogates/,
      '"\\ud800"',
    ],
    ['an accepted text with NUL', text({ oneOf: ['\0'] }), 'columns.x.oneOf[0]', /without NUL/, '"\\u0000"'],
    ['half a length', text({ maxLength: 0.5 }), 'columns.x.maxLength', 'a whole number', '0.5'],
    [
      'a date as first instant',
      timestamp({ min: '2013-01-01' }),
      'columns.x.min',
      /^an ISO 8601 instant in UTC/,
      '"2013-01-01"',
    ],
    [
      'an instant with an offset',
      timestamp({ min: '2013-01-01T00:00:00+01:00' }),
      'columns.x.min',
      /in UTC/,
      '"2013-01-01T00:00:00+01:00"',
    ],
    [
      'an instant before the year 1600',
      timestamp({ min: '0001-01-01T00:00:00Z' }),
      'columns.x.min',
      /from the year 1600/,
      '"0001-01-01T00:00:00Z"',
    ],
    [
      'first after last instant',
      timestamp({ min: '2013-01-01T00:00:00.5Z', max: '2013-01-01T00:00:00Z' }),
      'columns.x.min',
      'at most max (2013-01-01T00:00:00Z)',
      '"2013-01-01T00:00:00.5Z"',
    ],
  ];
  it.each(columns)(
    'refuses a column with %s, naming field, value and what was expected',
    (_, column, field, expected, got) => {
      const problems = columnRefusals(column);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ field, got });
      expect(problems[0]?.expected).toMatch(expected);
    },
  );

  it.each(['1st', 'a b', '__row', 'ü', 'x'.repeat(64), ''])('refuses %j as a column name', (name) => {
    const [first] = refusals({ columns: { ...tripsInput.columns, [name]: number() } });
    expect(first?.field).toMatch(/^columns[.[]/);
    expect(first?.expected).toMatch(/^letters, digits and _|does not start with __/);
  });

  it('refuses columns that differ by case alone: the query engine takes them for one', () => {
    expect(refusals({ columns: { ...tripsInput.columns, KM: number() } })).toEqual([
      { field: 'columns.KM', expected: 'a name that differs from km by more than case', got: '"KM"' },
    ]);
  });

  it('says at which character a bad check is wrong', () => {
    const [first] = refusals({ checks: [{ name: 'c', rule: 'km > speed' }] });
    expect(first?.field).toBe('checks[0].rule');
    expect(first?.expected).toMatch(/speed.* at character 6: expected/);
  });

  it('names several problems at once', () => {
    const fields = refusals({ mode: 1, key: {}, columns: { a: { type: 'number', min: 'x', max: [] } } });
    expect(fields.map(({ field }) => field).sort()).toEqual([
      'columns.a.max',
      'columns.a.min',
      'key',
      'mode',
    ]);
    const rules = refusals({ key: ['nr'], time: 'km', volume: { minRows: 2, maxRows: 1 } });
    expect(rules.map(({ field }) => field).sort()).toEqual(['key[0]', 'time', 'volume.minRows']);
  });

  it('says what was meant even of values that have no JSON', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    expect(refusals({ mode: 5n, key: circular }).map(({ got }) => got)).toEqual(['5', 'an object']);
  });

  it.each([undefined, null, 5, 'flights', []])('refuses %j as a dataset', (value) => {
    expect(problemsOf('SpecError', () => defineDataset(value as never))[0]?.field).toBe('');
  });

  it('fills in the documented defaults', () => {
    expect(
      defineDataset({ name: 'd', columns: { a: number(), b: text(), c: boolean(), t: timestamp() } }),
    ).toEqual({
      name: 'd',
      mode: 'append',
      key: [],
      columns: {
        a: { type: 'number', nullable: 0, integer: false },
        b: { type: 'text', nullable: 0, domain: 'any', maxLength: 1024 },
        c: { type: 'boolean', nullable: 0 },
        t: { type: 'timestamp', nullable: 0, min: '1970-01-01T00:00:00Z', max: '2199-12-31T23:59:59Z' },
      },
      checks: [],
      volume: { minRows: 1, maxRows: 100_000_000 },
    });
  });

  it('is its own JSON: defined again from it, nothing changes', () => {
    const share = fc.oneof(fc.boolean(), fc.double({ min: 0, max: 1, noNaN: true }));
    const column = fc.oneof(
      fc.record({ nullable: share, min: fc.integer({ max: 0 }), max: fc.integer({ min: 0 }) }).map(number),
      fc.record({ nullable: share, domain: fc.constantFrom('any' as const, 'learned' as const) }).map(text),
      fc.record({ nullable: share }).map(boolean),
      fc.record({ nullable: share }).map(timestamp),
    );
    const columns = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/), column, { minKeys: 1 });
    fc.assert(
      fc.property(columns, (columns) => {
        const spec = defineDataset({ name: 'd', columns, key: Object.keys(columns).slice(0, 2) });
        expect(defineDataset(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
      }),
    );
    for (const spec of [trips, rain]) expect(defineDataset(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });
});
