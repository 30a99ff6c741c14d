import type { DuckDBConnection } from '@duckdb/node-api';
import { BaselineNumbers, type ColumnProfile, type NumericProfile } from '#core/drift/index.ts';
import type { ColumnSpec } from '#core/spec/column.ts';
import { inputColumns, type ModelSpec, modelColumns } from '#core/spec/model.ts';
import type { EngineConnection } from './open-duckdb.ts';
import { queryRow, queryRows, streamDoubles } from './query.ts';
import { LANES, sideBySide } from './side-by-side.ts';
import { identifier } from './sql.ts';
import { SEEN_ROWS } from './training-table.ts';

/** Levels of a text column that drift tells apart; the rest are `other`. */
const BASELINE_LEVELS = 50;

/**
 * Profiles of the raw inputs over the training and validation rows. Timestamps are left out: time passing is no
 * drift.
 */
export async function profileInputs(database: EngineConnection, model: ModelSpec): Promise<ColumnProfile[]> {
  const types = modelColumns(model);
  return profileColumns(
    database,
    SEEN_ROWS,
    inputColumns(model).map((name) => ({ name, type: types[name] })),
  );
}

/** Bytes of numbers in memory at once: of as many columns as they have room for, and of one a lane at least. */
const HELD_BYTES = 2 ** 25;

interface Column {
  readonly name: string;
  readonly type: ColumnSpec['type'] | undefined;
}

/** Profiles of columns of a relation (a table, a subquery, `read_parquet(...)`), to the bit whatever its rows' order. */
export async function profileColumns(
  database: EngineConnection,
  relation: string,
  columns: readonly Column[],
): Promise<ColumnProfile[]> {
  const { rows } = await queryRow(database, `SELECT count(*) AS rows FROM ${relation}`);
  const numbers = columns.filter(({ type }) => type === 'number').map(({ name }) => name);
  const levels = columns.filter(({ type }) => type === 'text' || type === 'boolean');
  const found = await sideBySide<ColumnProfile[]>(database, [
    ...numberGroups(numbers, Number(rows)).map(profileNumbers(relation, Number(rows))),
    ...levels.map((column) => async (connection: DuckDBConnection) => [
      await profileLevels(connection, relation, column),
    ]),
  ]);
  const profiles = new Map(found.flat().map((profile) => [profile.column, profile]));
  return columns.flatMap(({ name }) => profiles.get(name) ?? []);
}

/** Columns of one scan. */
function numberGroups(columns: readonly string[], rows: number): string[][] {
  const together = Math.max(1, Math.floor(HELD_BYTES / LANES / (rows * Float64Array.BYTES_PER_ELEMENT)));
  const groups = Math.ceil(columns.length / together);
  return Array.from({ length: groups }, (_, group) =>
    columns.slice(group * together, (group + 1) * together),
  );
}

/** Numbers are held one group a lane at a time, in room that the lane's next group has, too. */
function profileNumbers(relation: string, rows: number) {
  const rooms = Array.from({ length: LANES }, () => [] as Float64Array[]);
  return (columns: readonly string[]) =>
    async (connection: DuckDBConnection, lane: number): Promise<NumericProfile[]> => {
      const room = rooms[lane] as Float64Array[];
      while (room.length < columns.length) room.push(new Float64Array(rows));
      const numbers = columns.map(
        (column, index) => new BaselineNumbers(column, room[index] as Float64Array),
      );
      const sql = `SELECT ${columns.map(present).join(', ')} FROM ${relation}`;
      await streamDoubles(connection, sql, (values, column) => numbers[column]?.add(values));
      return numbers.map((column) => column.profile());
    };
}

/** SQL of a number: NULL as NaN, and NaN, which is above every cut, as Infinity. */
function present(column: string): string {
  const value = `CAST(${identifier(column)} AS DOUBLE)`;
  return `coalesce(CASE WHEN isnan(${value}) THEN 'inf'::DOUBLE ELSE ${value} END, 'nan'::DOUBLE)`;
}

async function profileLevels(
  database: DuckDBConnection,
  relation: string,
  { name: column, type }: Column,
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
