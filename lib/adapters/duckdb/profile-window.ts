import type { DuckDBConnection, DuckDBDoubleVector } from '@duckdb/node-api';
import { type ColumnProfile, profileCounter } from '#core/drift/index.ts';
import { streamDoubles } from './query.ts';
import { identifier, literal } from './sql.ts';

/**
 * Profiles the rows of a relation over a baseline's bins, all columns in one scan, a few thousand rows in memory.
 * Profiles of parts merge by `mergeProfiles`.
 * @param relation a table, a subquery or `read_parquet(...)`, with every column of the baseline
 */
export async function profileWindow(
  database: DuckDBConnection,
  relation: string,
  baseline: readonly ColumnProfile[],
): Promise<ColumnProfile[]> {
  if (baseline.length === 0) return [];
  const counters = baseline.map(columnCounter);
  const sql = `SELECT ${baseline.map(coded).join(', ')} FROM ${relation}`;
  await streamDoubles(database, sql, (columns, rows) => {
    for (const [index, column] of columns.entries()) counters[index]?.count(column, rows);
  });
  return counters.map((counter) => counter.profile());
}

/** SQL of a number, or of a level's index: other levels are as many as there are; missing is NaN. */
function coded(profile: ColumnProfile): string {
  const column = identifier(profile.column);
  const missing = `'nan'::DOUBLE`;
  if (profile.kind === 'number') return `coalesce(CAST(${column} AS DOUBLE), ${missing})`;
  const text = `CAST(${column} AS VARCHAR)`;
  const level =
    profile.levels.length === 0
      ? 'NULL'
      : `CAST(enum_code(TRY_CAST(${text} AS ENUM (${profile.levels.map(literal).join(', ')}))) AS DOUBLE)`;
  return `CASE WHEN ${column} IS NULL THEN ${missing} ELSE coalesce(${level}, ${profile.levels.length}) END`;
}

interface ColumnCounter {
  count(column: DuckDBDoubleVector, rows: number): void;
  profile(): ColumnProfile;
}

function columnCounter(baseline: ColumnProfile): ColumnCounter {
  if (baseline.kind === 'number') {
    const counter = profileCounter(baseline);
    return {
      count(column, rows) {
        for (let row = 0; row < rows; row++) counter.add(column.getItem(row));
      },
      profile: () => counter.profile(),
    };
  }
  const { column, kind, levels } = baseline;
  const found = new Array<number>(levels.length + 1).fill(0);
  let [missing, rows] = [0, 0];
  return {
    count(codes, count) {
      rows += count;
      for (let row = 0; row < count; row++) {
        const code = codes.getItem(row) as number;
        if (Number.isNaN(code)) missing++;
        else found[code] = (found[code] as number) + 1;
      }
    },
    profile() {
      const [counts, other] = [found.slice(0, -1), found.at(-1) as number];
      return { column, kind, levels, counts, other, missing, rows };
    },
  };
}
