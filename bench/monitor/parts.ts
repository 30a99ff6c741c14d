import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { profileColumns } from '#adapters/duckdb/profile-inputs.ts';
import { queryRows } from '#adapters/duckdb/query.ts';
import { literal } from '#adapters/duckdb/sql.ts';
import { sha256 } from '#adapters/hash.ts';
import { mergeSummaries, type SummaryReading, summarise } from '#core/monitor/summary.ts';
import { seededRandom } from '#core/random/seeded-random.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import { COLUMNS } from './data.ts';

const PARTS = 1000;

/**
 * Summarises rows as a log of predictions, whole and in 1,000 parts that are merged, as JSON, in a seeded order.
 * @param rows at most; that many are in memory
 * @returns the number of fields, at any depth, in which the two differ
 */
export async function countDifferences(
  reference: string,
  current: string,
  rows: number,
  spillDirectory: string,
): Promise<number> {
  const database = await openDuckDb({ files: [reference, current], spillDirectory, memoryMb: 1024 });
  const columns = COLUMNS.map(({ name, kind }) => ({
    name,
    type: kind === 'number' ? ('number' as const) : ('text' as const),
  }));
  const compared = await profileColumns(database, `read_parquet(${literal(reference)})`, columns);
  const found = await queryRows(database, `SELECT * FROM read_parquet(${literal(current)}) LIMIT ${rows}`);
  database.closeSync();
  const reading: SummaryReading = {
    version: 1,
    compared,
    columns: [],
    scores: compared[0],
    threshold: null,
    groups: [],
    hash: (id) => Number.parseInt(sha256(id).slice(0, 13), 16),
  };
  const logged = found.map((inputs, index) => predicted(inputs as LoggedPrediction['inputs'], index));
  const whole = summarise(logged, reading);
  const random = seededRandom('parts');
  const parts = Array.from({ length: PARTS }, () => [] as LoggedPrediction[]);
  for (const row of logged) parts[random.integer(0, PARTS - 1)]?.push(row);
  const merged = parts
    .map((part) => JSON.parse(JSON.stringify(summarise(part, reading))) as typeof whole)
    .reduce(mergeSummaries);
  return differences(whole, merged);
}

function predicted(inputs: LoggedPrediction['inputs'], index: number): LoggedPrediction {
  return {
    id: `${index >> 1}#${index % 2}`,
    model: 'bench',
    version: 1 + (index % 3 === 0 ? 1 : 0),
    variant: 'champion',
    latencyMs: (index % 977) / 7,
    at: new Date(index).toISOString(),
    key: {},
    inputs,
    value: Number(inputs.n0),
  };
}

function differences(a: unknown, b: unknown): number {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return Object.is(a, b) ? 0 : 1;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].reduce(
    (sum, name) =>
      sum + differences((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
    0,
  );
}
