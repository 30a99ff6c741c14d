import type { Value } from '#core/expression/index.ts';
import type { StatedTruth } from '#core/serve/check-truth.ts';
import type { Actual } from '#core/serve/truth.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { LABEL_COLUMN, truthRows } from '#core/training/training-query.ts';
import { selectPart } from './dataset-views.ts';
import { plain } from './duckdb-reader.ts';
import { openDuckDb } from './open-duckdb.ts';
import { identifier } from './sql.ts';

export interface TruthRowsOptions {
  readonly spillDirectory: string;
  /** @default 1536 */
  readonly memoryMb?: number;
}

/**
 * What a part of a model's dataset says really happened, by key, in the order of its rows; a part is never held whole.
 * Rows whose label is null say nothing yet.
 */
export async function* readTruthRows(
  file: string,
  model: ModelSpec,
  { spillDirectory, memoryMb = 1536 }: TruthRowsOptions,
): AsyncGenerator<StatedTruth> {
  const database = await openDuckDb({ files: [file], spillDirectory, memoryMb });
  try {
    const part = await selectPart(database, model.from, file, 0);
    const result = await database.stream(truthRows(model, `(${part})`, identifier));
    for await (const rows of result.yieldRowObjectJs()) {
      for (const { [LABEL_COLUMN]: label, ...columns } of rows) {
        const key = Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, plain(value)]));
        yield { of: { key }, actual: actualOf(model, plain(label)) };
      }
    }
  } finally {
    database.closeSync();
  }
}

/** The training table says 0 or 1 of a condition. */
function actualOf({ task }: ModelSpec, label: Value): Actual {
  return task === 'binary' ? label === 1 : (label as Actual);
}
