/**
 * Drift between two Parquet files. Prints what it cost, and found, as JSON. Baseline, counters and drift are what the
 * product runs; its windows come from the log of predictions, row by row, and not from a file.
 */
import { readFileSync } from 'node:fs';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { profileColumns } from '#adapters/duckdb/profile-inputs.ts';
import { profileWindow } from '#adapters/duckdb/profile-window.ts';
import { literal } from '#adapters/duckdb/sql.ts';
import { columnDrift } from '#core/drift/column-drift.ts';
import { modelDrift } from '#core/drift/model-drift.ts';
import type { ColumnProfile } from '#core/drift/profile.ts';
import { type DriftFound, type DriftPlan, valuesOf } from './plan.ts';

const [planJson = '', spillDirectory = ''] = process.argv.slice(2);
const { reference, current, numbers, levels }: DriftPlan = JSON.parse(planJson);

async function compare(): Promise<DriftFound> {
  const start = performance.now();
  const files = [reference, current];
  const database = await openDuckDb({ files, spillDirectory, memoryMb: 128 });
  const relation = (file: string) => `read_parquet(${literal(file)})`;
  const columns = [
    ...numbers.map((name) => ({ name, type: 'number' as const })),
    ...levels.map((name) => ({ name, type: 'text' as const })),
  ];
  const baseline = await profileColumns(database, relation(reference), columns);
  const windowStart = performance.now();
  const window = await profileWindow(database, relation(current), baseline);
  const { columns: drifts } = modelDrift(
    baseline.map((profile, index) => columnDrift(profile, window[index] as ColumnProfile)),
  );
  const [total, windowTotal] = [start, windowStart].map((from) => (performance.now() - from) / 1000) as [
    number,
    number,
  ];
  const { user, system } = process.cpuUsage();
  return {
    total,
    windowTotal,
    cpu: (user + system) / 1e6,
    peakMb: Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024,
    version: '',
    columns: Object.fromEntries(drifts.map((drift) => [drift.column, valuesOf(drift)])),
  };
}

console.log(JSON.stringify(await compare()));
