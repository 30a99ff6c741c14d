import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openDuckDbPreparer } from '#adapters/duckdb/duckdb-preparer.ts';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { Preparation } from '#ports/preparation.ts';
import { ParquetPress } from '#test/fixtures/parquet.ts';
import { sqlRows, type TestRow } from '#test/support/sql-rows.ts';
import { rain, trips, tripsLate } from '#test/support/trips.ts';

const folder = mkdtempSync(join(tmpdir(), 'leeboard-preparer-'));
const press = await ParquetPress.open(join(folder, 'pressed.parquet'));
export const [featuresFile, testRowsFile] = [
  join(folder, 'features.parquet'),
  join(folder, 'test-rows.parquet'),
];
export const preparer = openDuckDbPreparer({ spillDirectory: join(folder, 'spill'), memoryMb: 512 });
export const reader = openDuckDbReader(join(folder, 'spill'), 512);
let files = 0;

afterAll(() => {
  press.close();
  rmSync(folder, { recursive: true });
});

/** A file of a dataset's rows. */
export async function part(dataset: DatasetSpec, rows: readonly TestRow[]): Promise<string> {
  const file = join(folder, `part-${files++}.parquet`);
  await press.export(sqlRows(dataset, rows), file, 'parquet');
  return file;
}

export const shower = { city: 'north', measured_at: '2013-01-01T00:00:00Z', mm: 0.5 };

/** Prepares trips and one shower. */
export async function prepare(
  rows: readonly TestRow[],
  model: ModelSpec = tripsLate(),
): Promise<Preparation> {
  const datasets = [
    { dataset: 'trips', parts: [await part(trips, rows)] },
    { dataset: 'rain', parts: [await part(rain, [shower])] },
  ];
  return preparer.prepare({ model, datasets, featuresFile, testRowsFile });
}

/** An hour of 2013. */
export const instant = (hour: number) => new Date(Date.UTC(2013, 0, 1, hour)).toISOString();

/** One trip an hour, every third late; fields of some rows changed. */
export function hourly(count: number, change: (index: number) => TestRow = () => ({})): TestRow[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    at: instant(index),
    city: 'north',
    kind: 'day',
    km: index % 50,
    express: true,
    delay: index % 3 === 0 ? 10 : 0,
    ...change(index),
  }));
}
