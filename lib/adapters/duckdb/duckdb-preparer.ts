import type { DuckDBConnection } from '@duckdb/node-api';
import { type ColumnProfile, cutsFromDeciles } from '#core/drift/index.ts';
import { NotFeasibleError } from '#core/errors.ts';
import { SQL_TYPE } from '#core/expression/operation.ts';
import type { ColumnSpec } from '#core/spec/column.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { featureExpressions, inputColumns, type ModelSpec, modelColumns } from '#core/spec/model.ts';
import {
  featureColumns,
  LABEL_COLUMN,
  labelledRows,
  PART_COLUMN,
  ROW_COLUMN,
  rawColumns,
  SPLIT_COLUMN,
  SPLITS,
} from '#core/training/training-query.ts';
import type { Preparation, PreparationRequest, Preparer } from '#ports/preparation.ts';
import { openDuckDb } from './open-duckdb.ts';
import { queryRow, queryRows } from './query.ts';
import { identifier, literal } from './sql.ts';

/** Levels of a text column that drift tells apart; the rest are `other`. */
const BASELINE_LEVELS = 50;

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
    async prepare({ model, datasets, featuresFile, testRowsFile }) {
      const files = [...datasets.flatMap(({ parts }) => parts), featuresFile, testRowsFile];
      const database = await openDuckDb({ memoryMb: 4096, spillMb: 4096, ...options, files });
      try {
        await loadTables(database, model, datasets);
        await database.run(`CREATE TABLE labelled AS ${labelledRows(model, tableOf, identifier)}`);
        const cuts = await cutTimes(database, model);
        await database.run(
          `CREATE TABLE rows_with_split AS SELECT *, CASE WHEN ${time(model)} < ${cuts.validation} THEN 'train'
             WHEN ${time(model)} < ${cuts.test} THEN 'validation' ELSE 'test' END AS ${identifier(SPLIT_COLUMN)} FROM labelled`,
        );
        const splits = await describeSplits(database, model);
        await writeFiles(database, model, featuresFile, testRowsFile);
        return {
          splits,
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

const tableOf = (dataset: string) => identifier(`dataset ${dataset}`);
const time = (model: ModelSpec) => identifier(model.from.time as string);
const TRAINING_ROWS = `(SELECT * FROM rows_with_split WHERE ${identifier(SPLIT_COLUMN)} <> 'test')`;

async function loadTables(
  database: DuckDBConnection,
  model: ModelSpec,
  datasets: PreparationRequest['datasets'],
): Promise<void> {
  for (const spec of [model.from, ...model.join.map((join) => join.dataset)]) {
    const parts = datasets.find(({ dataset }) => dataset === spec.name)?.parts ?? [];
    if (parts.length === 0) {
      throw new NotFeasibleError(
        `${model.name}: expected at least one part of dataset ${spec.name}, got none`,
      );
    }
    const selects = await Promise.all(parts.map((file, part) => selectPart(database, spec, file, part)));
    await database.run(`CREATE OR REPLACE VIEW ${tableOf(spec.name)} AS ${selects.join(' UNION ALL ')}`);
  }
}

/** A part's rows in the spec's columns; one that is newer than the part is null in all of them. */
async function selectPart(
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

/** Rows of one instant stay together, so no instant is on both sides of a cut. */
async function cutTimes(
  database: DuckDBConnection,
  model: ModelSpec,
): Promise<{ validation: string; test: string }> {
  const { validation, test } = model.split;
  const row = await queryRow(
    database,
    `SELECT count(*) AS rows, epoch_ms(quantile_disc(${time(model)}, ${1 - validation - test})) AS validation,
       epoch_ms(quantile_disc(${time(model)}, ${1 - test})) AS test FROM labelled`,
  );
  if (Number(row.rows) < model.minRows) {
    throw new NotFeasibleError(
      `${model.name}: expected at least ${model.minRows} labelled rows, got ${row.rows}`,
    );
  }
  return { validation: `epoch_ms(${row.validation})`, test: `epoch_ms(${row.test})` };
}

async function describeSplits(database: DuckDBConnection, model: ModelSpec): Promise<Preparation['splits']> {
  const iso = (sql: string) => `strftime(${sql}, '%Y-%m-%dT%H:%M:%SZ')`;
  const found = await queryRows(
    database,
    `SELECT ${identifier(SPLIT_COLUMN)} AS split, count(*) AS rows, sum(${identifier(LABEL_COLUMN)}) AS positives,
       ${iso(`min(${time(model)})`)} AS first, ${iso(`max(${time(model)})`)} AS last FROM rows_with_split GROUP BY 1`,
  );
  const bySplit = new Map(found.map((row) => [row.split, row]));
  const splits = SPLITS.map((split) => {
    const row = bySplit.get(split);
    const [rows, positives] = [Number(row?.rows ?? 0), Number(row?.positives ?? 0)];
    if (positives === 0 || positives === rows) {
      throw new NotFeasibleError(
        `${model.name}: expected both labels among the ${split} rows, got ${positives} positive of ${rows} rows`,
      );
    }
    return [split, { rows, positives, from: String(row?.first), to: String(row?.last) }] as const;
  });
  return Object.fromEntries(splits) as Preparation['splits'];
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
    `COPY (SELECT ${split}, ${label}, ${features.join(', ')} FROM rows_with_split) TO ${literal(featuresFile)} ${options}`,
  );
  await database.run(
    `COPY (SELECT ${label}, ${rawColumns(model).map(identifier).join(', ')} FROM rows_with_split
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
    `SELECT level FROM (SELECT ${sql} AS level FROM ${TRAINING_ROWS}) WHERE level IS NOT NULL
       GROUP BY level ORDER BY count(*) DESC, level LIMIT ${limit}`,
  );
  return rows.map(({ level }) => String(level));
}

/** Timestamps are left out: time passing is no drift. */
async function profileInputs(database: DuckDBConnection, model: ModelSpec): Promise<ColumnProfile[]> {
  const types = modelColumns(model);
  const profiles: ColumnProfile[] = [];
  for (const column of inputColumns(model)) {
    const type = types[column];
    if (type === 'timestamp' || type === undefined) continue;
    profiles.push(
      type === 'number'
        ? await profileNumbers(database, column)
        : await profileLevels(database, column, type),
    );
  }
  return profiles;
}

async function profileNumbers(database: DuckDBConnection, column: string): Promise<ColumnProfile> {
  const value = `CAST(${identifier(column)} AS DOUBLE)`;
  const tenths = Array.from(
    { length: 9 },
    (_, index) => `quantile_disc(${value}, ${(index + 1) / 10}) AS d${index}`,
  );
  const deciles = await database.runAndReadAll(`SELECT ${tenths.join(', ')} FROM ${TRAINING_ROWS}`);
  const cuts = cutsFromDeciles((deciles.getRowsJS()[0] ?? []).filter((value) => typeof value === 'number'));
  const bin = cuts.map((cut) => `CAST(${value} > ${exact(cut)} AS INTEGER)`).join(' + ') || '0';
  const found = await queryRows(
    database,
    `SELECT CASE WHEN ${value} IS NOT NULL THEN ${bin} END AS bin, count(*) AS rows FROM ${TRAINING_ROWS} GROUP BY 1`,
  );
  const counts = new Array<number>(cuts.length + 1).fill(0);
  let missing = 0;
  for (const { bin, rows } of found) {
    if (bin === null || bin === undefined) missing = Number(rows);
    else counts[Number(bin)] = Number(rows);
  }
  return { column, kind: 'number', cuts, counts, missing, rows: missing + counts.reduce((a, b) => a + b, 0) };
}

/** Digits that give back the same double; an exponent keeps DuckDB from reading a DECIMAL. */
const exact = (value: number) => `(${value.toExponential()})`;

async function profileLevels(
  database: DuckDBConnection,
  column: string,
  type: ColumnSpec['type'],
): Promise<ColumnProfile> {
  const value = type === 'boolean' ? `CAST(${identifier(column)} AS VARCHAR)` : identifier(column);
  const found = await queryRows(
    database,
    `SELECT ${value} AS level, count(*) AS rows FROM ${TRAINING_ROWS} GROUP BY 1 ORDER BY 2 DESC, 1`,
  );
  const present = found.filter(({ level }) => level !== null);
  const kept = present.slice(0, BASELINE_LEVELS);
  const total = (rows: typeof found) => rows.reduce((sum, row) => sum + Number(row.rows), 0);
  return {
    column,
    kind: 'category',
    levels: kept.map(({ level }) => String(level)),
    counts: kept.map(({ rows }) => Number(rows)),
    other: total(present) - total(kept),
    missing: total(found) - total(present),
    rows: total(found),
  };
}
