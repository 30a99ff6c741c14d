import { labelledInstants } from '#core/training/training-query.ts';
import type { LabelQuestion, LabelSurvey } from '#ports/preparation.ts';
import { createDatasetViews, viewOf } from './dataset-views.ts';
import type { DuckDbPreparerOptions } from './duckdb-preparer.ts';
import { openDuckDb } from './open-duckdb.ts';
import { queryRow } from './query.ts';
import { identifier } from './sql.ts';

/** Counts a model's labelled rows and says when they happened, from the parts of its own dataset alone. */
export async function surveyLabels(
  options: DuckDbPreparerOptions,
  { model, parts, after, newest = 1 }: LabelQuestion,
): Promise<LabelSurvey> {
  const alone = { ...model, join: [] };
  const database = await openDuckDb({ memoryMb: 4096, spillMb: 4096, ...options, files: parts });
  try {
    await createDatasetViews(database, alone, [{ dataset: model.from.name, parts }]);
    const all = labelledInstants(alone, viewOf, identifier);
    const counted =
      after === undefined ? all : `SELECT happened FROM (${all}) WHERE happened > ${Date.parse(after)}`;
    const row = await queryRow(
      database,
      `WITH counted AS MATERIALIZED (${counted})
       SELECT count(*) AS rows, min(happened) AS first, max(happened) AS last,
         (SELECT happened FROM counted ORDER BY happened DESC LIMIT 1 OFFSET ${newest - 1}) AS newest FROM counted`,
    );
    return {
      rows: Number(row.rows),
      from: instant(row.first),
      to: instant(row.last),
      newestFrom: instant(row.newest),
    };
  } finally {
    database.closeSync();
  }
}

const instant = (at: unknown) =>
  at === null || at === undefined ? null : new Date(Number(at)).toISOString();
