import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type CategoricalProfile,
  type ColumnProfile,
  type NumericProfile,
  numberCounter,
} from '#core/drift/index.ts';
import type { EngineConnection } from './open-duckdb.ts';
import { queryRows, streamDoubles } from './query.ts';
import { sideBySide } from './side-by-side.ts';
import { identifier, literal } from './sql.ts';

/** Columns of one scan: of each, the engine keeps a piece of a Parquet file in memory. */
const COLUMNS_TOGETHER = 6;

/**
 * Profiles the rows of a relation over a baseline's bins. Of numbers a few thousand rows are in memory; levels are
 * counted by the engine, which may spill. Profiles of parts merge by `mergeProfiles`.
 * @param relation a table, a subquery or `read_parquet(...)`, with every column of the baseline
 */
export async function profileWindow(
  database: EngineConnection,
  relation: string,
  baseline: readonly ColumnProfile[],
): Promise<ColumnProfile[]> {
  const numbers = baseline.filter((profile) => profile.kind === 'number');
  const levels = baseline.filter((profile) => profile.kind === 'category');
  const groups = Array.from({ length: Math.ceil(numbers.length / COLUMNS_TOGETHER) }, (_, group) =>
    numbers.slice(group * COLUMNS_TOGETHER, (group + 1) * COLUMNS_TOGETHER),
  );
  const profiles = await sideBySide<ColumnProfile[]>(database, [
    ...groups.map((group) => (connection: DuckDBConnection) => countNumbers(connection, relation, group)),
    (connection) => countLevels(connection, relation, levels),
  ]);
  const found = new Map(profiles.flat().map((profile) => [profile.column, profile]));
  return baseline.map(({ column }) => found.get(column) as ColumnProfile);
}

async function countNumbers(
  database: DuckDBConnection,
  relation: string,
  baseline: readonly NumericProfile[],
): Promise<ColumnProfile[]> {
  const counters = baseline.map(numberCounter);
  const values = baseline.map(
    ({ column }) => `coalesce(CAST(${identifier(column)} AS DOUBLE), 'nan'::DOUBLE)`,
  );
  await streamDoubles(database, `SELECT ${values.join(', ')} FROM ${relation}`, (numbers, column) =>
    counters[column]?.addNumbers(numbers),
  );
  return counters.map((counter) => counter.profile());
}

async function countLevels(
  database: DuckDBConnection,
  relation: string,
  baseline: readonly CategoricalProfile[],
): Promise<ColumnProfile[]> {
  if (baseline.length === 0) return [];
  const found = await queryRows(
    database,
    baseline.map((profile, index) => levelCounts(profile, index, relation)).join(' UNION ALL '),
  );
  return baseline.map(({ column, kind, levels }, index) => {
    const counts = levels.map(() => 0);
    let [other, missing] = [0, 0];
    for (const { code, absent, rows } of found.filter((row) => row.index === index)) {
      if (absent) missing = Number(rows);
      else if (code === null) other = Number(rows);
      else counts[Number(code)] = Number(rows);
    }
    const rows = counts.reduce((sum, count) => sum + count, other + missing);
    return { column, kind, levels, counts, other, missing, rows };
  });
}

/** SQL of rows a level by its index, NULL for all others. Only a distinct level is compared with those of the baseline. */
function levelCounts({ column, levels }: CategoricalProfile, index: number, relation: string): string {
  const code =
    levels.length === 0
      ? 'NULL'
      : `enum_code(TRY_CAST(CAST(level AS VARCHAR) AS ENUM (${levels.map(literal).join(', ')})))`;
  return `SELECT ${index} AS index, CAST(${code} AS INTEGER) AS code, level IS NULL AS absent, sum(rows) AS rows
    FROM (SELECT ${identifier(column)} AS level, count(*) AS rows FROM ${relation} GROUP BY 1) GROUP BY ALL`;
}
