import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryRows } from '#adapters/duckdb/query.ts';
import { identifier } from '#adapters/duckdb/sql.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import {
  featureColumns,
  LABEL_COLUMN,
  labelledInstants,
  labelledRows,
  matchColumn,
  PART_COLUMN,
  ROW_COLUMN,
  rawColumns,
} from '#core/training/training-query.ts';
import { sqlRows, type TestRow } from '#test/support/sql-rows.ts';
import { rain, trips, tripsLate } from '#test/support/trips.ts';

const database = await (await DuckDBInstance.create(':memory:')).connect();

/** The labelled rows of parts, oldest first, as a real engine finds them. */
async function labelled(tripParts: TestRow[][], rainParts: TestRow[][], model: ModelSpec = tripsLate()) {
  for (const [spec, parts] of [
    [trips, tripParts],
    [rain, rainParts],
  ] as const) {
    const selects = parts.map(
      (rows, part) =>
        `SELECT *, ${part} AS "${PART_COLUMN}", row_number() OVER () - 1 AS "${ROW_COLUMN}" FROM (${sqlRows(spec, rows)})`,
    );
    await database.run(`CREATE OR REPLACE TABLE "${spec.name} table" AS ${selects.join(' UNION ALL ')}`);
  }
  return queryRows(
    database,
    labelledRows(model, (name) => identifier(`${name} table`), identifier),
  );
}

const trip = (id: number, at: string, delay: number | null = 10, city = 'north') => ({
  id,
  at: `2013-01-${at}:00Z`,
  city,
  delay,
});
const shower = (at: string, mm: number | null, city = 'north') => ({
  city,
  measured_at: `2013-01-${at}:00Z`,
  mm,
});
const drizzle = [shower('01T00:00', 0)];

describe('labelledRows', () => {
  it('joins the newest row that is not younger than the row’s own time', async () => {
    const showers = [
      shower('01T04:00', 4),
      shower('01T05:00', 5),
      shower('01T05:01', 501),
      shower('01T05:00', 9, 'south'),
    ];
    const [row] = await labelled([[trip(1, '01T05:00')]], [showers]);
    expect(row?.mm).toBe(5);
  });

  it('joins nothing that is older than `within`, to the millisecond', async () => {
    const early = { ...shower('01T01:00', 1), measured_at: '2013-01-01T01:59:59.999Z' };
    const rows = await labelled([[trip(1, '01T05:00')]], [[early]]);
    expect(rows.map(({ mm }) => mm)).toEqual([null]);
    expect((await labelled([[trip(1, '01T05:00')]], [[shower('01T02:00', 2)]]))[0]?.mm).toBe(2);
  });

  it('takes a joined null as it is, and does not look further back', async () => {
    const rows = await labelled([[trip(1, '01T05:00')]], [[shower('01T04:00', 4), shower('01T04:30', null)]]);
    expect(rows[0]?.mm).toBeNull();
  });

  it('lets a later part correct a key, whatever the rows’ order, and the last row within a part', async () => {
    const corrected = [
      [trip(1, '01T05:00', 1), trip(2, '01T06:00', 1)],
      [{ ...trip(1, '01T04:00', 99), km: 7 }],
    ];
    const showers = [[shower('01T04:00', 4), shower('01T04:00', 5)], [shower('01T04:00', 6)]];
    const rows = await labelled(corrected, showers);
    expect(rows.map(({ id, delay, mm }) => [Number(id), delay, mm])).toEqual([
      [1, 99, 6],
      [2, 1, 6],
    ]);
  });

  it('never multiplies rows, also when the other dataset holds a value twice', async () => {
    const exact = tripsLate({ join: [{ dataset: rain, on: { city: 'city' }, kind: 'exact' }] });
    const showers = [[shower('01T01:00', 1), shower('09T01:00', 2)], [shower('02T01:00', 3)]];
    const rows = await labelled(
      [[trip(1, '01T05:00'), trip(2, '01T05:00'), trip(3, '01T06:00', 1, 'south')]],
      showers,
      exact,
    );
    expect(rows.map(({ id, mm }) => [Number(id), mm])).toEqual([
      [1, 3],
      [2, 3],
      [3, null],
    ]);
  });

  it('leaves out rows whose label is not known, and rows without a time', async () => {
    const rows = await labelled(
      [[trip(1, '01T05:00', null), { ...trip(2, '01T05:00'), at: null }, trip(3, '01T05:00')]],
      [drizzle],
    );
    expect(rows.map(({ id }) => Number(id))).toEqual([3]);
  });

  it('labels 1 when the condition holds, else 0', async () => {
    const rows = await labelled([[trip(1, '01T05:00', 5), trip(2, '01T05:00', 5.5)]], [drizzle]);
    expect(rows.map((row) => row[LABEL_COLUMN])).toEqual([0, 1]);
  });

  it('labels with the text or the number of other tasks; without one is what float32 cannot hold', async () => {
    const delays = [trip(1, '01T05:00', 5.5), trip(2, '01T05:00', 3e38), trip(3, '01T05:00', -4e38)];
    const regression = tripsLate({ task: 'regression', label: 'delay' });
    const numbers = await labelled([delays], [drizzle], regression);
    expect(numbers.map((row) => row[LABEL_COLUMN])).toEqual([5.5, 3e38]);
    const multiclass = tripsLate({
      task: 'multiclass',
      label: "case(delay > 5.5, 'late', delay < 0, null, 'on time')",
    });
    const texts = await labelled([delays], [drizzle], multiclass);
    expect(texts.map((row) => row[LABEL_COLUMN])).toEqual(['on time', 'late']);
  });

  it('tells of each join whether it found a row young enough, whatever its columns hold', async () => {
    const showers = [shower('01T04:00', null), shower('01T01:00', 1, 'south')];
    const rows = await labelled(
      [[trip(1, '01T05:00'), trip(2, '01T05:00', 1, 'south'), trip(3, '01T03:00')]],
      [showers],
    );
    expect(rows.map((row) => [Number(row.id), row[matchColumn(0)]])).toEqual([
      [3, false],
      [1, true],
      [2, false],
    ]);
  });

  it('gives the same order however the rows came: by time, then key', async () => {
    const rows = [trip(5, '01T01:00'), trip(4, '01T02:00'), trip(3, '01T02:00'), trip(9, '02T00:00')];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(rows, { minLength: 4 }), async (shuffled) => {
        const found = await labelled([shuffled], [drizzle]);
        expect(found.map(({ id }) => Number(id))).toEqual([5, 3, 4, 9]);
      }),
      { numRuns: 10 },
    );
  });

  it('orders rows without a key by part and place, so that the same versions give the same bytes', async () => {
    const keyless = tripsLate({ from: { ...trips, key: [] } });
    const rows = await labelled(
      [[trip(2, '01T01:00'), trip(1, '01T01:00')], [trip(1, '01T01:00')]],
      [drizzle],
      keyless,
    );
    expect(rows.map(({ id }) => Number(id))).toEqual([2, 1, 1]);
  });

  it('equals a join done by hand, for any rows', async () => {
    const cities = fc.constantFrom('north', 'south');
    const minute = fc.integer({ min: 0, max: 600 });
    const instant = (minutes: number) => new Date(Date.UTC(2013, 0, 1, 0, minutes)).toISOString();
    const left = fc.uniqueArray(fc.record({ id: fc.integer({ min: 1, max: 99 }), minute, city: cities }), {
      selector: ({ id }) => id,
      minLength: 1,
      maxLength: 12,
    });
    const right = fc.array(fc.record({ minute, city: cities }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(left, right, async (left, right) => {
        const showers = right.map(({ minute, city }, mm) => ({ city, measured_at: instant(minute), mm }));
        const rows = await labelled(
          [left.map(({ id, minute, city }) => ({ id, at: instant(minute), city, delay: 1 }))],
          [showers],
        );
        const found = new Map(rows.map(({ id, mm }) => [Number(id), mm]));
        expect(rows).toHaveLength(left.length);
        for (const { id, minute, city } of left) {
          const seen = right
            .map((shower, mm) => ({ ...shower, mm }))
            .filter((shower) => shower.city === city && shower.minute <= minute)
            .sort((a, b) => a.minute - b.minute || a.mm - b.mm)
            .at(-1);
          expect(found.get(id)).toBe(seen && minute - seen.minute <= 180 ? seen.mm : null);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('the columns of the training table', () => {
  it('are the raw ones of both datasets, sorted', () => {
    expect(rawColumns(tripsLate())).toEqual([
      'at',
      'city',
      'delay',
      'express',
      'id',
      'kind',
      'km',
      'measured_at',
      'mm',
    ]);
  });

  it('hold a condition as 0, 1 or null', async () => {
    const model = tripsLate({ features: { express: 'express', far: 'km > 50' }, join: [] });
    const [express, far] = featureColumns(model, identifier);
    const query = `SELECT ${express?.sql} AS express, ${far?.sql} AS far FROM (${sqlRows(trips, [{ express: true, km: 5 }, {}])})`;
    expect(await queryRows(database, query)).toEqual([
      { express: 1, far: 0 },
      { express: null, far: null },
    ]);
  });
});

describe('labelledInstants', () => {
  it('are those of the labelled rows, whatever the parts and corrections', async () => {
    const row = fc.record({
      id: fc.integer({ min: 1, max: 6 }),
      at: fc.constantFrom('2013-01-01T00:00:00Z', '2013-01-02T00:00:00.250Z', '2013-01-03T00:00:00Z', null),
      city: fc.constant('north'),
      delay: fc.constantFrom(0, 10, null),
    });
    const parts = fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 3 });
    const since = fc.constantFrom(undefined, '2013-01-02T00:00:00.250Z', '2013-01-02T00:00:00.251Z');
    await fc.assert(
      fc.asyncProperty(parts, since, async (parts, since) => {
        const model = tripsLate(since === undefined ? {} : { since });
        const rows = await labelled(parts, [drizzle], model);
        const found = await queryRows(
          database,
          labelledInstants(model, (name) => identifier(`${name} table`), identifier),
        );
        const times = rows.map(({ at }) => Date.parse(`${String(at).replace(' ', 'T')}Z`));
        expect(found.map(({ happened }) => Number(happened)).sort()).toEqual(times.sort());
      }),
      { numRuns: 30 },
    );
  });
});
