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
import { queryRows } from './query.ts';
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
  const profiles: ColumnProfile[] = [];
  for (const column of inputColumns(model)) {
    const type = types[column];
    if (type === 'timestamp' || type === undefined) continue;
    profiles.push(
      type === 'number'
        ? await profileNumbers(database, column)
        : await profileLevels(database, column, type),
    );
  }
  return profiles;
}

async function profileNumbers(database: DuckDBConnection, column: string): Promise<ColumnProfile> {
  const value = `CAST(${identifier(column)} AS DOUBLE)`;
  const tenths = Array.from(
    { length: 9 },
    (_, index) => `quantile_disc(${value}, ${(index + 1) / 10}) AS d${index}`,
  );
  const deciles = await database.runAndReadAll(`SELECT ${tenths.join(', ')} FROM ${SEEN_ROWS}`);
  const cuts = cutsFromDeciles((deciles.getRowsJS()[0] ?? []).filter((value) => typeof value === 'number'));
  const bin = cuts.map((cut) => `CAST(${value} > ${exact(cut)} AS INTEGER)`).join(' + ') || '0';
  const found = await queryRows(
    database,
    `SELECT CASE WHEN ${value} IS NOT NULL THEN ${bin} END AS bin, count(*) AS rows FROM ${SEEN_ROWS} GROUP BY 1`,
  );
  const counts = new Array<number>(cuts.length + 1).fill(0);
  let missing = 0;
  for (const { bin, rows } of found) {
    if (bin === null || bin === undefined) missing = Number(rows);
    else counts[Number(bin)] = Number(rows);
  }
  const rows = missing + counts.reduce((a, b) => a + b, 0);
  return { column, kind: 'number', cuts, counts, missing, rows, ...(await findSpread(database, value)) };
}

/** As `spreadOf`. Ordered: the sum of a deviation depends on the order, and a baseline must come out the same twice. */
async function findSpread(
  database: DuckDBConnection,
  value: string,
): Promise<Pick<NumericProfile, 'spread'>> {
  const shares = Array.from({ length: SPREAD_POINTS }, (_, index) => (index + 0.5) / SPREAD_POINTS);
  const found = await database.runAndReadAll(
    `SELECT stddev_pop(${value} ORDER BY ${value}), quantile_disc(${value}, [${shares.join(', ')}])
     FROM ${SEEN_ROWS} WHERE abs(${value}) < ${exact(SPREAD_REACH)}`,
  );
  const [deviation, points] = found.getRowsJS()[0] as [number | null, number[] | null];
  if (deviation === null || points === null) return {};
  return { spread: { points: points.map((point) => point + 0), deviation } };
}

/** Digits that give back the same double; an exponent keeps DuckDB from reading a DECIMAL. */
const exact = (value: number) => `(${value.toExponential()})`;

async function profileLevels(
  database: DuckDBConnection,
  column: string,
  type: ColumnSpec['type'],
): Promise<ColumnProfile> {
  const value = type === 'boolean' ? `CAST(${identifier(column)} AS VARCHAR)` : identifier(column);
  const found = await queryRows(
    database,
    `SELECT ${value} AS level, count(*) AS rows FROM ${SEEN_ROWS} GROUP BY 1 ORDER BY 2 DESC, 1`,
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
