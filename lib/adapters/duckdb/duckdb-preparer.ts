import type { DuckDBConnection } from '@duckdb/node-api';
import { NotFeasibleError } from '#core/errors.ts';
import { featureExpressions, type ModelSpec } from '#core/spec/model.ts';
import {
  featureColumns,
  LABEL_COLUMN,
  labelledRows,
  rawColumns,
  SPLIT_COLUMN,
} from '#core/training/training-query.ts';
import type { Preparer } from '#ports/preparation.ts';
import { createDatasetViews, viewOf } from './dataset-views.ts';
import { describeSplits } from './describe-splits.ts';
import { learnClasses } from './learn-classes.ts';
import { openDuckDb } from './open-duckdb.ts';
import { profileInputs } from './profile-inputs.ts';
import { queryRow, queryRows } from './query.ts';
import { identifier, literal } from './sql.ts';
import { surveyLabels } from './survey-labels.ts';
import { SEEN_ROWS, shareMatched, TRAINING_TABLE, time } from './training-table.ts';

export interface DuckDbPreparerOptions {
  readonly spillDirectory: string;
  /** @default 4096 */
  readonly memoryMb?: number;
  /** What may be spilled to disk at most. @default 4096 */
  readonly spillMb?: number;
}

/** Prepares training data in DuckDB: one query joins and labels, one cuts by time, one a profile. */
export function openDuckDbPreparer(options: DuckDbPreparerOptions): Preparer {
  return {
    surveyLabels: (question) => surveyLabels(options, question),
    async prepare({ model, datasets, featuresFile, testRowsFile, testFrom }) {
      const files = [...datasets.flatMap(({ parts }) => parts), featuresFile, testRowsFile];
      const database = await openDuckDb({ memoryMb: 4096, spillMb: 4096, ...options, files });
      try {
        await createDatasetViews(database, model, datasets);
        await database.run(`CREATE TABLE labelled AS ${labelledRows(model, viewOf, identifier)}`);
        const cuts = await cutTimes(database, model, testFrom);
        await database.run(
          `CREATE TABLE ${TRAINING_TABLE} AS SELECT *, CASE WHEN ${time(model)} < ${cuts.validation} THEN 'train'
             WHEN ${time(model)} < ${cuts.test} THEN 'validation' ELSE 'test' END AS ${identifier(SPLIT_COLUMN)} FROM labelled`,
        );
        await database.run('DROP TABLE labelled');
        const learned = model.task === 'multiclass' ? await learnClasses(database, model) : {};
        const splits = await describeSplits(database, model);
        await writeFiles(database, model, featuresFile, testRowsFile);
        return {
          ...learned,
          splits,
          joins: await shareMatched(database, model),
          levels: await learnLevels(database, model),
          baseline: await profileInputs(database, model),
          engine: String((await queryRow(database, 'SELECT version() AS version')).version),
        };
      } finally {
        database.closeSync();
      }
    },
  };
}

/** Rows of one instant stay together, so no instant is on both sides of a cut. */
async function cutTimes(
  database: DuckDBConnection,
  model: ModelSpec,
  testFrom: string | undefined,
): Promise<{ validation: string; test: string }> {
  const { validation, test } = model.split;
  const cuts =
    testFrom === undefined
      ? `epoch_ms(quantile_disc(${time(model)}, ${1 - validation - test})) AS validation,
         epoch_ms(quantile_disc(${time(model)}, ${1 - test})) AS test`
      : `epoch_ms(quantile_disc(${time(model)}, ${1 - validation / (1 - test)})
           FILTER (${time(model)} < epoch_ms(${Date.parse(testFrom)}))) AS validation, ${Date.parse(testFrom)} AS test`;
  const row = await queryRow(database, `SELECT count(*) AS rows, ${cuts} FROM labelled`);
  if (Number(row.rows) < model.minRows) {
    throw new NotFeasibleError(
      `${model.name}: expected at least ${model.minRows} labelled rows, got ${row.rows}`,
    );
  }
  return { validation: `epoch_ms(${row.validation})`, test: `epoch_ms(${row.test})` };
}

async function writeFiles(
  database: DuckDBConnection,
  model: ModelSpec,
  featuresFile: string,
  testRowsFile: string,
): Promise<void> {
  const features = featureColumns(model, identifier).map(({ name, sql }) => `${sql} AS ${identifier(name)}`);
  const [split, label] = [identifier(SPLIT_COLUMN), identifier(LABEL_COLUMN)];
  // Writing over an earlier file would go by a name that the engine may not touch.
  const options = '(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)';
  await database.run(
    `COPY (SELECT ${split}, ${label}, ${features.join(', ')} FROM ${TRAINING_TABLE}) TO ${literal(featuresFile)} ${options}`,
  );
  await database.run(
    `COPY (SELECT ${label}, ${rawColumns(model).map(identifier).join(', ')} FROM ${TRAINING_TABLE}
       WHERE ${split} = 'test') TO ${literal(testRowsFile)} ${options}`,
  );
}

async function learnLevels(database: DuckDBConnection, model: ModelSpec): Promise<Record<string, string[]>> {
  const levels: Record<string, string[]> = {};
  const sql = new Map(featureColumns(model, identifier).map((feature) => [feature.name, feature.sql]));
  for (const { name, spec } of featureExpressions(model)) {
    if (spec.kind !== 'categorical') continue;
    const found = await frequentLevels(database, sql.get(name) as string, spec.maxLevels);
    if (found.length === 0) {
      throw new NotFeasibleError(
        `${model.name}: expected feature ${name} to have levels in the training rows, got null in all`,
      );
    }
    levels[name] = found;
  }
  return levels;
}

async function frequentLevels(database: DuckDBConnection, sql: string, limit: number): Promise<string[]> {
  const rows = await queryRows(
    database,
    `SELECT level FROM (SELECT ${sql} AS level FROM ${SEEN_ROWS}) WHERE level IS NOT NULL
       GROUP BY level ORDER BY count(*) DESC, level LIMIT ${limit}`,
  );
  return rows.map(({ level }) => String(level));
}
