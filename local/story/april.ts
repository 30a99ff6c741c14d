import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { identifier, literal } from '#adapters/duckdb/sql.ts';
import { inputColumns, type ModelSpec } from '#core/spec/model.ts';
import { LABEL_COLUMN, labelledRows, PART_COLUMN, ROW_COLUMN } from '#core/training/training-query.ts';

/** Flights as a caller would send them, and what became of them. */
export interface LabelledRequests {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** 0 or 1, a row. */
  readonly labels: readonly number[];
}

/**
 * Raw rows of a model's inputs, key and time from files of its datasets, joined point in time as training joins them.
 * @param files dataset name -> Parquet file
 */
export async function readRequests(
  model: ModelSpec,
  files: Readonly<Record<string, string>>,
): Promise<LabelledRequests> {
  const spillDirectory = await mkdtemp(join(tmpdir(), 'leeboard-april-'));
  const database = await openDuckDb({
    files: Object.values(files),
    spillDirectory,
    memoryMb: 1024,
    spillMb: 1024,
  });
  try {
    for (const dataset of [model.from, ...model.join.map((join) => join.dataset)]) {
      const columns = Object.entries(dataset.columns).map(([name, { type }]) =>
        type === 'timestamp'
          ? `${identifier(name)} AT TIME ZONE 'UTC' AS ${identifier(name)}`
          : identifier(name),
      );
      await database.run(
        `CREATE VIEW ${identifier(dataset.name)} AS SELECT ${columns.join(', ')}, 0 AS ${identifier(PART_COLUMN)},
           file_row_number AS ${identifier(ROW_COLUMN)}
         FROM read_parquet(${literal(files[dataset.name] as string)}, file_row_number = true)`,
      );
    }
    const wanted = [...new Set([...inputColumns(model), ...model.from.key, model.from.time as string])];
    const found = await database.runAndReadAll(
      `SELECT ${identifier(LABEL_COLUMN)}, ${wanted.map(identifier).join(', ')} FROM (${labelledRows(model, identifier, identifier)})`,
    );
    const rows = found.getRowObjectsJS();
    return {
      rows: rows.map((row) => Object.fromEntries(wanted.map((name) => [name, jsonValue(row[name])]))),
      labels: rows.map((row) => Number(row[LABEL_COLUMN])),
    };
  } finally {
    database.closeSync();
    await rm(spillDirectory, { recursive: true, force: true });
  }
}

function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof Date ? value.toISOString() : value;
}
