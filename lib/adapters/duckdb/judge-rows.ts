import type { DuckDBConnection, Json } from '@duckdb/node-api';
import { type Problem, problem, ROWS_NAMED } from '#core/data/report.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { queryRow } from './query.ts';
import { type RowCheck, rowChecks } from './row-checks.ts';
import { type Source, typedSql } from './source.ts';

/**
 * Every rule of the dataset that the rows break, in one pass over the file when none is broken.
 * @returns also how many rows there were, and the megabytes that they take unpacked
 */
export async function judgeRows(
  database: DuckDBConnection,
  source: Source,
  dataset: DatasetSpec,
): Promise<{ rows: number; unpackedMb: number; problems: Problem[] }> {
  const typed = typedSql(source, dataset);
  const checks = [...rowChecks(dataset, new Set(source.columns.keys()))];
  const counts = await queryRow(
    database,
    `SELECT count(*) AS rows, ${unpackedBytes(dataset)} AS bytes${checks.map(({ broken }, index) => `, count(*) FILTER (${broken}) AS n${index}`).join('')} FROM (${typed})`,
  );
  const rows = Number(counts.rows);
  const count = (check: RowCheck) => Number(counts[`n${checks.indexOf(check)}`]);
  const broken = checks.filter((check) => count(check) > check.tolerated * rows + ROUNDING);
  const named = await nameRows(database, typed, broken);
  const problems = broken.map((check, index) =>
    problem(check.rule, check.expected, {
      column: check.column,
      count: count(check),
      rows: source.fileRows(named[index] ?? []),
    }),
  );
  return {
    rows,
    unpackedMb: Number(counts.bytes) / 1e6,
    problems: [...problems, ...(await judgeKey(database, source, dataset, typed))],
  };
}

// A dictionary of one long text makes terabytes of a small file.
function unpackedBytes(dataset: DatasetSpec): string {
  const columns = Object.values(dataset.columns);
  const texts = columns.flatMap(({ type }, index) =>
    type === 'text' ? `coalesce(sum(strlen(v${index})), 0)` : [],
  );
  return [`count(*) * ${columns.length * 8}`, ...texts].join(' + ');
}

/** Shares such as 0.1 times rows are not exact; a thousandth of a row is no row. */
const ROUNDING = 1e-3;

async function nameRows(
  database: DuckDBConnection,
  typed: string,
  broken: readonly RowCheck[],
): Promise<number[][]> {
  if (broken.length === 0) return [];
  const lists = broken.map((check, index) => `min(rn, ${ROWS_NAMED}) FILTER (${check.broken}) AS r${index}`);
  const found = await queryRow(database, `SELECT ${lists.join(', ')} FROM (${typed})`);
  return broken.map((_, index) => toNumbers(found[`r${index}`]));
}

async function judgeKey(
  database: DuckDBConnection,
  source: Source,
  dataset: DatasetSpec,
  typed: string,
): Promise<Problem[]> {
  if (dataset.key.length === 0 || dataset.key.some((name) => !source.columns.has(name))) return [];
  const columns = dataset.key.map((name) => `v${Object.keys(dataset.columns).indexOf(name)}`);
  const keyed = `(${typed}) WHERE ${columns.map((column) => `${column} IS NOT NULL`).join(' AND ')}`;
  const repeats = await queryRow(
    database,
    `SELECT coalesce(sum(n - 1), 0) AS rows FROM (SELECT count(*) AS n FROM ${keyed} GROUP BY ${columns.join(', ')})`,
  );
  const count = Number(repeats.rows);
  if (count === 0) return [];
  const earlier = `row_number() OVER (PARTITION BY ${columns.join(', ')} ORDER BY rn) > 1`;
  const found = await queryRow(
    database,
    `SELECT min(rn, ${ROWS_NAMED}) FILTER (repeated) AS rows FROM (SELECT rn, ${earlier} AS repeated FROM ${keyed})`,
  );
  const rows = source.fileRows(toNumbers(found.rows));
  const expected = `each ${dataset.key.join(', ')} once`;
  return [problem('key-duplicate', expected, { column: dataset.key.join(', '), count, rows })];
}

function toNumbers(list: Json | undefined): number[] {
  return Array.isArray(list) ? list.map(Number) : [];
}
