import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { profileColumns } from '#adapters/duckdb/profile-inputs.ts';
import { profileWindow } from '#adapters/duckdb/profile-window.ts';
import { identifier, literal } from '#adapters/duckdb/sql.ts';
import { mergeProfiles, windowProfile } from '#core/drift/index.ts';
import type { ColumnProfile } from '#core/drift/profile.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-window-'));
const database = await openDuckDb({ files: [], spillDirectory: join(folder, 'spill'), memoryMb: 256 });
afterAll(() => {
  database.closeSync();
  rmSync(folder, { recursive: true });
});

/** Names and levels that SQL has to be told apart from. */
const COLUMNS = [
  { name: 'km', type: 'number' },
  { name: 'c "x"', type: 'text' },
  { name: 'express', type: 'boolean' },
] as const;
type Row = readonly [number | null, string | null, boolean | null];
const row = fc.tuple(
  fc.option(fc.oneof(fc.double(), fc.integer({ min: -2, max: 2 }), fc.constantFrom(1e150, -0, 5e-324))),
  fc.option(fc.constantFrom('a', '', "it's", 'ü', 'A', 'null', '𝔘')),
  fc.option(fc.boolean()),
);
const rows = fc.noShrink(fc.array(row, { minLength: 1, maxLength: 80 }));

async function createRows(found: readonly Row[]): Promise<string> {
  const names = COLUMNS.map(({ name }) => identifier(name));
  const values = found.map(
    ([km, kind, express]) => `(${double(km)}, ${kind === null ? 'NULL' : literal(kind)}, ${express})`,
  );
  await database.run(
    `CREATE OR REPLACE TABLE found (${names[0]} DOUBLE, ${names[1]} VARCHAR, ${names[2]} BOOLEAN)`,
  );
  await database.run(`INSERT INTO found VALUES ${values.join(', ')}`);
  return 'found';
}

function double(value: number | null): string {
  if (value === null) return 'NULL';
  if (!Number.isFinite(value)) return `'${value}'::DOUBLE`;
  return `${Object.is(value, -0) ? '-' : ''}${value.toExponential()}`;
}

const baselineOf = async (found: readonly Row[]) =>
  profileColumns(database, await createRows(found), COLUMNS);
const expected = (baseline: readonly ColumnProfile[], found: readonly Row[]) =>
  baseline.map((profile, column) =>
    windowProfile(
      profile,
      found.map((values) => values[column]),
    ),
  );

describe('profileWindow', () => {
  it('is the profile that memory gives over the same bins, to the bit', async () => {
    await fc.assert(
      fc.asyncProperty(rows, rows, async (before, after) => {
        const baseline = await baselineOf(before);
        const found = await profileWindow(database, await createRows(after), baseline);
        expect(found).toEqual(expected(baseline, after));
      }),
      { numRuns: 40 },
    );
  });

  it('of more rows than the engine hands over at once counts them all, and its parts merge into the whole', async () => {
    const sql = (from: number, to: number) =>
      `(SELECT (i * 7919 % 1000) / 8 AS km FROM range(${from}, ${to}) AS t(i))`;
    const baseline = await profileColumns(database, sql(0, 1000), [{ name: 'km', type: 'number' }]);
    const profile = async (from: number, to: number) =>
      (await profileWindow(database, sql(from, to), baseline))[0] as ColumnProfile;
    const whole = await profile(0, 50_000);
    expect(whole.rows).toBe(50_000);
    expect(mergeProfiles(await profile(12_345, 50_000), await profile(0, 12_345))).toEqual(whole);
  });

  it('of more columns than are read at once has each in its place', async () => {
    const names = Array.from({ length: 20 }, (_, column) =>
      column % 7 === 3 ? `kind${column}` : `x${column}`,
    );
    const cells = names.map((name, column) =>
      column % 7 === 3 ? `'a${column}' AS ${name}` : `i + ${column} AS ${name}`,
    );
    const relation = `(SELECT ${cells.join(', ')} FROM range(100) AS t(i))`;
    const columns = names.map((name, column) => ({
      name,
      type: column % 7 === 3 ? ('text' as const) : ('number' as const),
    }));
    const baseline = await profileColumns(database, relation, columns);
    const found = await profileWindow(database, relation, baseline);
    expect(found.map(({ column, kind, counts, rows }) => ({ column, kind, counts, rows }))).toEqual(
      names.map((column, index) =>
        index % 7 === 3
          ? { column, kind: 'category', counts: [100], rows: 100 }
          : { column, kind: 'number', counts: new Array(10).fill(10), rows: 100 },
      ),
    );
  });

  it('of no columns, or of no rows, is empty', async () => {
    const baseline = await baselineOf([[1, 'a', true]]);
    expect(await profileWindow(database, 'found', [])).toEqual([]);
    expect(await profileWindow(database, '(SELECT * FROM found WHERE false)', baseline)).toEqual(
      expected(baseline, []),
    );
  });

  it('against a column of which the baseline has no level counts every level as other', async () => {
    const baseline = await baselineOf([[null, null, null]]);
    await createRows([[1, 'a', null]]);
    expect((await profileWindow(database, 'found', baseline))[1]).toMatchObject({
      levels: [],
      other: 1,
      rows: 1,
    });
  });
});
