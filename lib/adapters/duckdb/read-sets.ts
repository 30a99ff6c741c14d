import type { DuckDBConnection, DuckDBDoubleVector } from '@duckdb/node-api';
import type { Signature, SignatureFeature } from '#core/serve/signature.ts';
import { LABEL_COLUMN, SPLIT_COLUMN, SPLITS, type Split } from '#core/training/training-query.ts';
import { labelCoding } from '#core/training/training-sets.ts';
import type { PreparedSets } from '#ports/preparation.ts';
import { allocateFloats, allocateMatrix, rowRange } from '#ports/trainer.ts';
import { queryRows } from './query.ts';
import { identifier, literal } from './sql.ts';

type Coding = Pick<SignatureFeature, 'kind' | 'levels'>;

/**
 * Streams a features file into one matrix, split after split. The engine turns every column into doubles
 * without nulls, so that no value but the numbers themselves ever becomes an object here.
 */
export async function readSets(
  database: DuckDBConnection,
  file: string,
  signature: Signature,
): Promise<PreparedSets> {
  const source = `read_parquet(${literal(file)})`;
  const { features } = signature;
  await requireColumns(database, source, [SPLIT_COLUMN, LABEL_COLUMN, ...features.map(({ name }) => name)]);
  const counts = await countRows(database, source);
  const rows = SPLITS.reduce((sum, split) => sum + counts[split], 0);
  const matrix = allocateMatrix(rows, features.length);
  const labels = allocateFloats(rows);
  const starts = [0, counts.train, counts.train + counts.validation];
  const next = Float64Array.from(starts);
  const columns = [
    `list_position([${SPLITS.map(literal).join(', ')}], ${identifier(SPLIT_COLUMN)}) - 1`,
    coded(LABEL_COLUMN, labelCoding(signature)),
    ...features.map((feature) => coded(feature.name, feature)),
  ].map((sql) => `coalesce(CAST(${sql} AS DOUBLE), 'nan'::DOUBLE)`);
  const result = await database.stream(`SELECT ${columns.join(', ')} FROM ${source}`);
  const places: number[] = [];
  let chunk = await result.fetchChunk();
  while (chunk?.rowCount) {
    // The engine decodes the next chunk while this one is copied.
    const following = result.fetchChunk();
    const { rowCount } = chunk;
    place(chunk.getColumnVector(0) as DuckDBDoubleVector, rowCount, next, places);
    copyColumn(chunk.getColumnVector(1) as DuckDBDoubleVector, rowCount, places, labels, 1, 0);
    for (let column = 0; column < matrix.columns; column++) {
      const vector = chunk.getColumnVector(column + 2) as DuckDBDoubleVector;
      copyColumn(vector, rowCount, places, matrix.values, matrix.columns, column);
    }
    chunk = await following;
  }
  if (labels.includes(Number.NaN))
    throw new TypeError('the prepared rows have a label that is none of the model’s');
  const range = (from: number, to: number) => ({
    values: rowRange(matrix, from, to).values,
    labels: labels.subarray(from, to),
    rows: to - from,
  });
  const [, validation, test] = starts as [number, number, number];
  return {
    train: range(0, validation),
    validation: range(validation, test),
    test: range(test, rows),
    trainAndValidation: range(0, test),
  };
}

async function requireColumns(
  database: DuckDBConnection,
  source: string,
  wanted: readonly string[],
): Promise<void> {
  const held = await queryRows(database, `DESCRIBE SELECT * FROM ${source}`);
  const names = new Set(held.map(({ column_name }) => column_name));
  const missing = wanted.find((name) => !names.has(name));
  if (missing !== undefined) {
    throw new TypeError(`the prepared rows have no column ${JSON.stringify(missing)}`);
  }
}

async function countRows(database: DuckDBConnection, source: string): Promise<Record<Split, number>> {
  const split = identifier(SPLIT_COLUMN);
  const found = await queryRows(
    database,
    `SELECT ${split} AS split, count(*) AS rows FROM ${source} GROUP BY 1`,
  );
  const count = (split: Split) => Number(found.find((row) => row.split === split)?.rows ?? 0);
  return { train: count('train'), validation: count('validation'), test: count('test') };
}

/** SQL of a column as a number; of a categorical one, its level's index. NULL is missing. */
function coded(name: string, { kind, levels = [] }: Coding): string {
  if (kind === 'number') return identifier(name);
  if (levels.length === 0) return 'NULL';
  return `enum_code(TRY_CAST(${identifier(name)} AS ENUM (${levels.map(literal).join(', ')})))`;
}

/** Where each of the chunk's rows goes: to the next free row of its split. */
function place(splits: DuckDBDoubleVector, count: number, next: Float64Array, places: number[]): void {
  for (let row = 0; row < count; row++) {
    const split = splits.getItem(row) as number;
    places[row] = next[split] as number;
    next[split] = (next[split] as number) + 1;
  }
}

/** As `featureCoder` does: what float32 cannot hold is missing. */
function copyColumn(
  from: DuckDBDoubleVector,
  count: number,
  places: readonly number[],
  to: Float32Array,
  width: number,
  column: number,
): void {
  for (let row = 0; row < count; row++) {
    const rounded = Math.fround(from.getItem(row) as number);
    to[(places[row] as number) * width + column] = Number.isFinite(rounded) ? rounded : Number.NaN;
  }
}
