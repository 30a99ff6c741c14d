import type { DuckDBConnection } from '@duckdb/node-api';
import type { ModelSpec } from '#core/spec/model.ts';
import { matchColumn, SPLIT_COLUMN, SPLITS, type Split } from '#core/training/training-query.ts';
import type { Preparation } from '#ports/preparation.ts';
import { queryRows } from './query.ts';
import { identifier } from './sql.ts';

/** The labelled rows with their split, in time order. */
export const TRAINING_TABLE = 'rows_with_split';
/** The rows that the final model learns from: train and validation. */
export const SEEN_ROWS = `(SELECT * FROM ${TRAINING_TABLE} WHERE ${identifier(SPLIT_COLUMN)} <> 'test')`;

export const time = (model: ModelSpec) => identifier(model.from.time as string);

/** For each join, the share of each split's rows that found a row to join. */
export async function shareMatched(
  database: DuckDBConnection,
  model: ModelSpec,
): Promise<Preparation['joins']> {
  if (model.join.length === 0) return [];
  const shares = model.join.map(
    (_, index) => `avg(CAST(${identifier(matchColumn(index))} AS INTEGER)) AS m${index}`,
  );
  const found = await queryRows(
    database,
    `SELECT ${identifier(SPLIT_COLUMN)} AS split, ${shares.join(', ')} FROM ${TRAINING_TABLE} GROUP BY 1`,
  );
  const bySplit = new Map(found.map((row) => [row.split, row]));
  return model.join.map(({ dataset }, index) => ({
    dataset: dataset.name,
    matched: Object.fromEntries(
      SPLITS.map((split) => [split, Number(bySplit.get(split)?.[`m${index}`])]),
    ) as Record<Split, number>,
  }));
}
