import type { DuckDBConnection } from '@duckdb/node-api';
import { baselineProfile, type ColumnProfile, type NumericProfile } from '#core/drift/index.ts';
import type { ColumnSpec } from '#core/spec/column.ts';
import { inputColumns, type ModelSpec, modelColumns } from '#core/spec/model.ts';
import { queryRow, queryRows, streamDoubles } from './query.ts';
import { identifier } from './sql.ts';
import { SEEN_ROWS } from './training-table.ts';

/** Levels of a text column that drift tells apart; the rest are `other`. */
const BASELINE_LEVELS = 50;

/**
 * Profiles of the raw inputs over the training and validation rows. Timestamps are left out: time passing is no
 * drift.
 */
export async function profileInputs(database: DuckDBConnection, model: ModelSpec): Promise<ColumnProfile[]> {
  const types = modelColumns(model);
  return profileColumns(
    database,
    SEEN_ROWS,
    inputColumns(model).map((name) => ({ name, type: types[name] })),
  );
}

/** Bytes of numbers in memory at once: of as many columns as they have room for, and of one at least. */
const HELD_BYTES = 3 * 2 ** 23;

interface Column {
  readonly name: string;
  readonly type: ColumnSpec['type'] | undefined;
}

/** Profiles of columns of a relation (a table, a subquery, `read_parquet(...)`), to the bit whatever its rows' order. */
export async function profileColumns(
  database: DuckDBConnection,
  relation: string,
  columns: readonly Column[],
): Promise<ColumnProfile[]> {
  const { rows } = await queryRow(database, `SELECT count(*) AS rows FROM ${relation}`);
  const numbers = columns.filter(({ type }) => type === 'number').map(({ name }) => name);
  const profiles = new Map<string, ColumnProfile>();
  for (const profile of await profileNumbers(database, relation, numbers, Number(rows)))
    profiles.set(profile.column, profile);
  for (const { name, type } of columns) {
    if (type === 'text' || type === 'boolean')
      profiles.set(name, await profileLevels(database, relation, name, type));
  }
  return columns.flatMap(({ name }) => profiles.get(name) ?? []);
}

async function profileNumbers(
  database: DuckDBConnection,
  relation: string,
  columns: readonly string[],
  rows: number,
): Promise<NumericProfile[]> {
  const together = Math.max(1, Math.floor(HELD_BYTES / (rows * Float64Array.BYTES_PER_ELEMENT)));
  const held = columns.slice(0, together).map(() => new Float64Array(rows));
  const profiles: NumericProfile[] = [];
  for (let from = 0; from < columns.length; from += together) {
    const group = columns.slice(from, from + together);
    const counts = await readNumbers(database, relation, group, held);
    for (const [index, column] of group.entries())
      profiles.push(baselineProfile(column, (held[index] as Float64Array).subarray(0, counts[index]), rows));
  }
  return profiles;
}

/** Writes the numbers of columns to the start of `held`. @returns how many of each */
async function readNumbers(
  database: DuckDBConnection,
  relation: string,
  columns: readonly string[],
  held: readonly Float64Array[],
): Promise<number[]> {
  const counts = columns.map(() => 0);
  const sql = `SELECT ${columns.map(present).join(', ')} FROM ${relation}`;
  await streamDoubles(database, sql, (chunk) => {
    for (const [index, values] of chunk.entries())
      counts[index] = copyPresent(values, held[index] as Float64Array, counts[index] as number);
  });
  return counts;
}

/** SQL of a number: NULL as NaN, and NaN, which is above every cut, as Infinity. */
function present(column: string): string {
  const value = `CAST(${identifier(column)} AS DOUBLE)`;
  return `coalesce(CASE WHEN isnan(${value}) THEN 'inf'::DOUBLE ELSE ${value} END, 'nan'::DOUBLE)`;
}

function copyPresent(from: Float64Array, to: Float64Array, start: number): number {
  let end = start;
  for (let index = 0; index < from.length; index++) {
    // + 0: there is no -0.
    const value = (from[index] as number) + 0;
    to[end] = value;
    // What is none is written over.
    if (!Number.isNaN(value)) end++;
  }
  return end;
}

async function profileLevels(
  database: DuckDBConnection,
  relation: string,
  column: string,
  type: ColumnSpec['type'],
): Promise<ColumnProfile> {
  const value = type === 'boolean' ? `CAST(${identifier(column)} AS VARCHAR)` : identifier(column);
  const found = await queryRows(
    database,
    `SELECT ${value} AS level, count(*) AS rows FROM ${relation} GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  const present = found.filter(({ level }) => level !== null);
  const kept = present.slice(0, BASELINE_LEVELS);
  const total = (rows: typeof found) => rows.reduce((sum, row) => sum + Number(row.rows), 0);
  return {
    column,
    kind: 'category',
    levels: kept.map(({ level }) => String(level)),
    counts: kept.map(({ rows }) => Number(rows)),
    other: total(present) - total(kept),
    missing: total(found) - total(present),
    rows: total(found),
  };
}
