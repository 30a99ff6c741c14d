import type { DuckDBConnection } from '@duckdb/node-api';
import { openDuckDb } from '#adapters/duckdb/open-duckdb.ts';
import { identifier, literal } from '#adapters/duckdb/sql.ts';
import { featureExpressions, type ModelSpec } from '#core/spec/model.ts';
import {
  featureColumns,
  LABEL_COLUMN,
  labelledRows,
  PART_COLUMN,
  ROW_COLUMN,
} from '#core/training/training-query.ts';
import type { TrainingFeature, TrainingSet } from '#ports/trainer.ts';

/** Rows of January to August in time order, the newest 15 % for validation, and September's. */
export interface Matrices {
  readonly features: readonly TrainingFeature[];
  readonly train: TrainingSet;
  readonly validation: TrainingSet;
  /** `train`, then `validation`. */
  readonly seen: TrainingSet;
  readonly september: TrainingSet;
}

/**
 * Writes the model's features of January to September to one Parquet file that both sides read: `part` (train,
 * validation, september), `label` (0 or 1), then the features as float32; a category is its level's index.
 * @param files dataset name -> its Parquet files
 */
export async function writeMatrix(
  model: ModelSpec,
  files: Readonly<Record<string, readonly string[]>>,
  matrixFile: string,
  spillDirectory: string,
): Promise<void> {
  const database = await openDuckDb({
    files: [...Object.values(files).flat(), matrixFile],
    spillDirectory,
    memoryMb: 2048,
  });
  try {
    for (const dataset of [model.from, ...model.join.map((join) => join.dataset)]) {
      const columns = Object.entries(dataset.columns).map(([name, { type }]) =>
        type === 'timestamp'
          ? `${identifier(name)} AT TIME ZONE 'UTC' AS ${identifier(name)}`
          : identifier(name),
      );
      const list = (files[dataset.name] ?? []).map(literal).join(', ');
      await database.run(
        `CREATE VIEW ${identifier(dataset.name)} AS SELECT ${columns.join(', ')}, 0 AS ${identifier(PART_COLUMN)},
           file_row_number AS ${identifier(ROW_COLUMN)} FROM read_parquet([${list}], file_row_number = true)`,
      );
    }
    const time = identifier(model.from.time as string);
    await database.run(`CREATE TABLE labelled AS ${labelledRows(model, identifier, identifier)}`);
    await database.run(
      `CREATE TABLE cut AS SELECT quantile_disc(${time}, 0.85) AS instant FROM labelled WHERE month <= 8`,
    );
    const features = await Promise.all(
      featureColumns(model, identifier).map(async ({ name, sql }) => {
        const number = isCategorical(model, name) ? await levelIndex(database, sql) : sql;
        return `CAST(${number} AS FLOAT) AS ${identifier(name)}`;
      }),
    );
    await database.run(
      `COPY (SELECT CASE WHEN month = 9 THEN 'september' WHEN ${time} < (SELECT instant FROM cut) THEN 'train'
         ELSE 'validation' END AS part, ${identifier(LABEL_COLUMN)} AS label, ${features.join(', ')}
         FROM labelled ORDER BY ${time}, ${model.from.key.map(identifier).join(', ')})
       TO ${literal(matrixFile)} (FORMAT parquet, USE_TMP_FILE false)`,
    );
  } finally {
    database.closeSync();
  }
}

/** Levels of January to August, the most frequent first; others are missing. */
async function levelIndex(database: DuckDBConnection, sql: string): Promise<string> {
  const found = await database.runAndReadAll(
    `SELECT ${sql} FROM labelled WHERE month <= 8 AND ${sql} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1`,
  );
  const levels = found.getRowsJS().map(([level]) => literal(String(level)));
  return `nullif(list_position([${levels.join(', ')}], ${sql}), 0) - 1`;
}

function isCategorical(model: ModelSpec, feature: string): boolean {
  return featureExpressions(model).some(({ name, spec }) => name === feature && spec.kind === 'categorical');
}

/** Reads what `writeMatrix` wrote. */
export async function readMatrix(
  model: ModelSpec,
  matrixFile: string,
  spillDirectory: string,
): Promise<Matrices> {
  const database = await openDuckDb({ files: [matrixFile], spillDirectory, memoryMb: 2048 });
  try {
    const found = await database.runAndReadAll(`SELECT * FROM read_parquet(${literal(matrixFile)})`);
    const [parts = [], labels = [], ...columns] = found.getColumnsJS();
    const names = found.columnNames().slice(2);
    const features = names.map((name, column): TrainingFeature => {
      if (!isCategorical(model, name)) return { name };
      const codes = columns[column] as (number | null)[];
      return { name, levels: 1 + codes.reduce<number>((most, code) => Math.max(most, code ?? -1), -1) };
    });
    const setOf = (wanted: readonly string[]): TrainingSet => {
      const rows = parts.flatMap((part, row) => (wanted.includes(part as string) ? [row] : []));
      const values = new Float32Array(rows.length * names.length);
      rows.forEach((row, index) => {
        columns.forEach((column, at) => {
          values[index * names.length + at] = (column[row] as number | null) ?? Number.NaN;
        });
      });
      return {
        features: { rows: rows.length, columns: names.length, values },
        labels: Float32Array.from(rows, (row) => labels[row] as number),
      };
    };
    return {
      features,
      train: setOf(['train']),
      validation: setOf(['validation']),
      seen: setOf(['train', 'validation']),
      september: setOf(['september']),
    };
  } finally {
    database.closeSync();
  }
}
