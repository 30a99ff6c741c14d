import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type ColumnProfile,
  cutsFromDeciles,
  type NumericProfile,
  SPREAD_POINTS,
  SPREAD_REACH,
} from '#core/drift/index.ts';
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

/** Profiles of columns of a relation (a table, a subquery, `read_parquet(...)`), one after the other: one is in memory. */
export async function profileColumns(
  database: DuckDBConnection,
  relation: string,
  columns: readonly { readonly name: string; readonly type: ColumnSpec['type'] | undefined }[],
): Promise<ColumnProfile[]> {
  const { rows } = await queryRow(database, `SELECT count(*) AS rows FROM ${relation}`);
  const scratch = new Float64Array(Number(rows));
  const profiles: ColumnProfile[] = [];
  for (const { name, type } of columns) {
    if (type === 'timestamp' || type === undefined) continue;
    profiles.push(
      type === 'number'
        ? profileNumbers(name, await readSorted(database, relation, name, scratch), scratch.length)
        : await profileLevels(database, relation, name, type),
    );
  }
  return profiles;
}

function profileNumbers(column: string, values: Float64Array, rows: number): ColumnProfile {
  const deciles = Array.from({ length: 9 }, (_, index) => quantile(values, (index + 1) / 10));
  const cuts = cutsFromDeciles(deciles.filter((value) => value !== undefined));
  // NaN is sorted last, above every cut.
  const atMost = [...cuts.map((cut) => countAtMost(values, cut)), values.length];
  const counts = atMost.map((count, bin) => count - (atMost[bin - 1] ?? 0));
  const missing = rows - values.length;
  return { column, kind: 'number', cuts, counts, missing, rows, ...spreadOfSorted(values) };
}

/**
 * A column's numbers, rising: sorting here costs a fifth of what the engine's quantiles and ordered sums do.
 * @param scratch as long as the relation; the numbers are in it until it is used again
 */
async function readSorted(
  database: DuckDBConnection,
  relation: string,
  column: string,
  scratch: Float64Array,
): Promise<Float64Array> {
  const value = `CAST(${identifier(column)} AS DOUBLE)`;
  let held = 0;
  const sql = `SELECT ${value} FROM ${relation} WHERE ${value} IS NOT NULL`;
  await streamDoubles(database, sql, ([vector], rows) => {
    for (let row = 0; row < rows; row++) scratch[held++] = vector?.getItem(row) as number;
  });
  return scratch.subarray(0, held).sort();
}

/** The ceil(share n)-th smallest, as quantile_disc; undefined of none. */
function quantile(sorted: Float64Array, share: number): number | undefined {
  // The share in thousandths: a product of whole numbers has no rounding that could reach the next rank.
  return sorted[Math.ceil((Math.round(share * 1000) * sorted.length) / 1000) - 1];
}

/** As `spreadOf`, but for how the sum of squares is rounded: as the baselines that there are have it. */
function spreadOfSorted(sorted: Float64Array): Pick<NumericProfile, 'spread'> {
  const start = sorted.findIndex((value) => value > -SPREAD_REACH);
  const end = sorted.findLastIndex((value) => value < SPREAD_REACH);
  if (start === -1 || end < start) return {};
  const values = sorted.subarray(start, end + 1);
  let [mean, squares] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const [value, before] = [values[index] as number, mean];
    mean += (value - before) / (index + 1);
    squares += (value - mean) * (value - before);
  }
  const points = Array.from(
    { length: SPREAD_POINTS },
    (_, index) => (quantile(values, (index + 0.5) / SPREAD_POINTS) as number) + 0,
  );
  return { spread: { points, deviation: Math.sqrt(squares / values.length) } };
}

function countAtMost(sorted: Float64Array, cut: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= cut) low = middle + 1;
    else high = middle;
  }
  return low;
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
