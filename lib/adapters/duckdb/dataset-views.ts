import type { DuckDBConnection } from '@duckdb/node-api';
import { NotFeasibleError } from '#core/errors.ts';
import { SQL_TYPE } from '#core/expression/operation.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { PART_COLUMN, ROW_COLUMN } from '#core/training/training-query.ts';
import type { LocalDataset } from '#ports/preparation.ts';
import { queryRows } from './query.ts';
import { identifier, literal } from './sql.ts';

/** The view of a dataset's rows, as `createDatasetViews` makes it. */
export const viewOf = (dataset: string) => identifier(`dataset ${dataset}`);

/**
 * A view for each dataset of a model: its parts' rows in the spec's columns, PART_COLUMN and ROW_COLUMN.
 * @throws NotFeasibleError when one has no parts
 */
export async function createDatasetViews(
  database: DuckDBConnection,
  model: ModelSpec,
  datasets: readonly LocalDataset[],
): Promise<void> {
  for (const spec of [model.from, ...model.join.map((join) => join.dataset)]) {
    const parts = datasets.find(({ dataset }) => dataset === spec.name)?.parts ?? [];
    if (parts.length === 0) {
      throw new NotFeasibleError(
        `${model.name}: expected at least one part of dataset ${spec.name}, got none`,
      );
    }
    const selects = await Promise.all(parts.map((file, part) => selectPart(database, spec, file, part)));
    await database.run(`CREATE OR REPLACE VIEW ${viewOf(spec.name)} AS ${selects.join(' UNION ALL ')}`);
  }
}

/** A part's rows in the spec's columns; one that is newer than the part is null in all of them. */
export async function selectPart(
  database: DuckDBConnection,
  spec: DatasetSpec,
  file: string,
  part: number,
): Promise<string> {
  const source = `read_parquet(${literal(file)}, file_row_number = true)`;
  const held = await queryRows(database, `DESCRIBE SELECT * FROM ${source}`);
  const names = new Set(held.map(({ column_name }) => column_name));
  const columns = Object.entries(spec.columns).map(([name, { type }]) =>
    names.has(name) ? identifier(name) : `CAST(NULL AS ${SQL_TYPE[type]}) AS ${identifier(name)}`,
  );
  return `SELECT ${columns.join(', ')}, ${part} AS ${identifier(PART_COLUMN)},
    file_row_number AS ${identifier(ROW_COLUMN)} FROM ${source}`;
}
