import type { DuckDBConnection, Json } from '@duckdb/node-api';
import type { ColumnProfile, PartProfile, Warning } from '#core/data/report.ts';
import type { ColumnSpec } from '#core/spec/column.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { queryRow, queryRows } from './query.ts';
import { identifier, literal } from './sql.ts';

/** Levels of one learned column that are listed; a column with more names things, not kinds. */
const MAX_LEVELS = 10_000;

/** Counts what a written part holds, and compares its levels with the known ones. */
export async function profilePart(
  database: DuckDBConnection,
  path: string,
  dataset: DatasetSpec,
  knownLevels: Readonly<Record<string, readonly string[]>> = {},
): Promise<{ profile: PartProfile; warnings: Warning[] }> {
  const part = `read_parquet(${literal(path)})`;
  const specs = Object.entries(dataset.columns);
  const aggregates = specs.flatMap(([name, spec], index) => aggregatesOf(spec, identifier(name), index));
  const counted = await queryRow(database, `SELECT count(*) AS rows, ${aggregates.join(', ')} FROM ${part}`);
  const columns: Record<string, ColumnProfile> = {};
  const warnings: Warning[] = [];
  for (const [index, [name, spec]] of specs.entries()) {
    const levels = isLearned(spec) ? await readLevels(database, part, name) : undefined;
    if (levels && levels.length > MAX_LEVELS) {
      const message = `${name}: more than ${MAX_LEVELS} levels, which are not recorded`;
      warnings.push({ warning: 'too-many-levels', column: name, message });
    }
    const recorded = levels && levels.length <= MAX_LEVELS ? levels : undefined;
    warnings.push(...compareLevels(name, recorded, knownLevels[name]));
    columns[name] = toProfile(counted, spec, index, recorded);
  }
  const time = dataset.time === undefined ? undefined : columns[dataset.time];
  const timeRange = time?.min !== undefined && {
    timeRange: { from: String(time.min), to: String(time.max) },
  };
  return { profile: { rows: Number(counted.rows), columns, ...timeRange }, warnings };
}

function isLearned(spec: ColumnSpec): boolean {
  return spec.type === 'text' && spec.domain === 'learned';
}

function aggregatesOf(spec: ColumnSpec, column: string, index: number): string[] {
  const nulls = `count(*) - count(${column}) AS nulls${index}`;
  if (spec.type === 'text') return [nulls, `count(DISTINCT ${column}) AS distinct${index}`];
  if (spec.type === 'boolean') return [nulls];
  const shown = (value: string) =>
    spec.type === 'timestamp' ? `strftime(${value}, '%Y-%m-%dT%H:%M:%S.%gZ')` : `CAST(${value} AS DOUBLE)`;
  return [nulls, `${shown(`min(${column})`)} AS min${index}`, `${shown(`max(${column})`)} AS max${index}`];
}

function toProfile(
  counted: Record<string, Json>,
  spec: ColumnSpec,
  index: number,
  levels: readonly string[] | undefined,
): ColumnProfile {
  const [min, max] = [counted[`min${index}`], counted[`max${index}`]] as (
    | number
    | string
    | null
    | undefined
  )[];
  return {
    nulls: Number(counted[`nulls${index}`]),
    ...(min != null && max != null && { min, max }),
    ...(spec.type === 'text' && { distinct: Number(counted[`distinct${index}`]) }),
    ...(levels && { levels }),
  };
}

async function readLevels(database: DuckDBConnection, part: string, name: string): Promise<string[]> {
  const column = identifier(name);
  const rows = await queryRows(
    database,
    `SELECT DISTINCT ${column} AS level FROM ${part} WHERE ${column} IS NOT NULL LIMIT ${MAX_LEVELS + 1}`,
  );
  return rows.map(({ level }) => String(level)).sort();
}

function compareLevels(
  column: string,
  levels: readonly string[] | undefined,
  known: readonly string[] | undefined,
): Warning[] {
  if (!levels || !known) return [];
  const before = new Set(known);
  const fresh = levels.filter((level) => !before.has(level)).length;
  if (fresh === 0) return [];
  return [
    { warning: 'new-levels', column, message: `${column}: ${fresh} levels that no earlier version had` },
  ];
}
