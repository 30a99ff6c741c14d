import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBAppender, DuckDBConnection } from '@duckdb/node-api';
import type { Value } from '#core/expression/index.ts';
import { SQL_TYPE } from '#core/expression/operation.ts';
import { ROW_COLUMN, rowsToScore } from '#core/training/training-query.ts';
import type { ChunkScorer, ChunkScoring, RawRow } from '#ports/chunk-scorer.ts';
import { createDatasetViews, viewOf } from './dataset-views.ts';
import { openDuckDb } from './open-duckdb.ts';
import { profileWindow } from './profile-window.ts';
import { identifier, literal } from './sql.ts';

/** The chunk's rows, joined. */
const ROWS = 'rows_to_score';
/** What is said of them: ROW_COLUMN and a column each. */
const CELLS = 'cells';
const row = identifier(ROW_COLUMN);

/**
 * Scores a chunk in DuckDB.
 * @param folder for its output and what it spills
 * @param memoryMb of the engine; beyond it, it spills
 */
export function openDuckDbChunkScorer(folder: string, memoryMb = 1024): ChunkScorer {
  return {
    async scoreChunk(scoring) {
      const outputFile = join(folder, 'output.parquet');
      const files = [...scoring.datasets.flatMap(({ parts }) => parts), outputFile];
      const database = await openDuckDb({ files, spillDirectory: join(folder, 'spill'), memoryMb });
      try {
        const rows = await readRows(database, scoring);
        await keepCells(database, scoring, rows);
        await writeOutput(database, scoring, outputFile);
        const profiles = await profileWindow(database, ROWS, scoring.baseline);
        return { rows: rows.length, output: await readFile(outputFile), profiles };
      } finally {
        database.closeSync();
      }
    },
  };
}

async function readRows(
  database: DuckDBConnection,
  { model, datasets, chunk, inputs }: ChunkScoring,
): Promise<RawRow[]> {
  await createDatasetViews(database, model, datasets);
  const chunkView = identifier('chunk');
  await database.run(`CREATE VIEW ${chunkView} AS SELECT * FROM ${viewOf(model.from.name)}
    WHERE ${row} >= ${chunk.from} AND ${row} < ${chunk.from + chunk.rows}`);
  const tableOf = (dataset: string) => (dataset === model.from.name ? chunkView : viewOf(dataset));
  await database.run(`CREATE TABLE ${ROWS} AS ${rowsToScore(model, tableOf, identifier)}`);
  const columns = [row, ...inputs.map(identifier)];
  const found = await database.runAndReadAll(`SELECT ${columns.join(', ')} FROM ${ROWS} ORDER BY ${row}`);
  return found
    .getRowsJS()
    .map(([, ...values]) =>
      Object.fromEntries(inputs.map((name, index) => [name, jsonValue(values[index])])),
    );
}

/** BIGINT comes as bigint, TIMESTAMP as Date: one that JavaScript has no date for stays a text that no column takes. */
function jsonValue(value: unknown): RawRow[string] {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? String(value) : value.toISOString();
  return (value ?? null) as RawRow[string];
}

async function keepCells(
  database: DuckDBConnection,
  { chunk, columns, score }: ChunkScoring,
  rows: readonly RawRow[],
): Promise<void> {
  const declared = columns.map(({ type }, index) => `c${index} ${SQL_TYPE[type]}`);
  await database.run(`CREATE TABLE ${CELLS} (${row} BIGINT, ${declared.join(', ')})`);
  const appender = await database.createAppender(CELLS);
  for (const [index, cells] of score(rows).entries()) {
    appender.appendBigInt(BigInt(chunk.from + index));
    for (const cell of cells) appendCell(appender, cell);
    appender.endRow();
  }
  appender.closeSync();
}

function appendCell(appender: DuckDBAppender, cell: Value): void {
  if (cell === null) appender.appendNull();
  else if (typeof cell === 'number') appender.appendDouble(cell);
  else if (typeof cell === 'boolean') appender.appendBoolean(cell);
  else appender.appendVarchar(cell);
}

async function writeOutput(
  database: DuckDBConnection,
  { kept, columns }: ChunkScoring,
  outputFile: string,
): Promise<void> {
  const selected = [
    ...kept.map((name) => `${ROWS}.${identifier(name)}`),
    ...columns.map(({ name }, index) => `${CELLS}.c${index} AS ${identifier(name)}`),
  ];
  // Writing over an earlier file would go by a name that the engine may not touch.
  await database.run(
    `COPY (SELECT ${selected.join(', ')} FROM ${ROWS} JOIN ${CELLS} USING (${row}) ORDER BY ${row})
       TO ${literal(outputFile)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
  );
}
