import { identifier } from '#adapters/duckdb/sql.ts';
import { LABEL_COLUMN, SPLIT_COLUMN } from '#core/training/training-query.ts';
import { writeParquetOnce } from '../write-parquet.ts';

const LOW_LEVEL = 21;
const HIGH_LEVEL = 7;
export const FEATURES = Array.from({ length: LOW_LEVEL + HIGH_LEVEL }, (_, index) => `f${index}`);

/**
 * Writes rows in the manner of HIGGS (Baldi, Sadowski and Whiteson, Nature Communications 5, 2014): 21 columns that
 * detectors give (momenta, angles, tags of few values), 7 that physicists derive from them, and a label that
 * depends on both, with noise. The same rows give the same file; it is written once.
 * @param first number of the first row: other rows are other data
 */
export async function writeRows(
  file: string,
  first: number,
  rows: number,
  spillDirectory: string,
): Promise<void> {
  await writeParquetOnce(file, rowsQuery(first, rows), spillDirectory);
}

function rowsQuery(first: number, rows: number): string {
  const low = FEATURES.slice(0, LOW_LEVEL).map((name, index) => `${detected(index)} AS ${name}`);
  const high = FEATURES.slice(LOW_LEVEL).map((name, index) => `${derived(index)} AS ${name}`);
  const score = `1.2 * (f21 - 1) - 0.8 * abs(f22 - f23) + 0.9 * f24 * (f25 - 1) - 0.5 * f26 + 0.6 * sin(2 * f2) * f3
     + CASE WHEN f8 > 1 AND f12 > 1 THEN 0.9 ELSE -0.2 END + 0.4 * f27`;
  return `
    SELECT 'train' AS ${identifier(SPLIT_COLUMN)}, CAST(${uniform(90)} < 1 / (1 + exp(-(${score}))) AS INTEGER)
      AS ${identifier(LABEL_COLUMN)}, ${FEATURES.join(', ')}
    FROM (SELECT *, ${high.join(', ')} FROM (
      SELECT row, ${low.join(', ')} FROM (SELECT range + ${first} AS row FROM range(${rows}))))
    ORDER BY row`;
}

/** Three kinds in turn: a momentum (log-normal), an angle (uniform) and a pseudorapidity (normal); every fourth after 8 is a tag. */
function detected(index: number): string {
  if (index >= 8 && index % 4 === 0)
    return `CASE WHEN ${uniform(index)} < 0.5 THEN 0 ELSE 2.173 * round(${uniform(index + 40)}) END`;
  if (index % 3 === 0) return `exp(0.5 * ${normal(index)})`;
  return index % 3 === 1 ? normal(index) : `3.48 * ${uniform(index)} - 1.74`;
}

/** A mass of a few detected columns, blurred. */
function derived(index: number): string {
  const [a, b, c] = [index, index + 7, index + 14].map((column) => `f${column}`);
  return `sqrt(abs(${a} * ${b}) + ${c} * ${c} * 0.5 + 0.1) * exp(0.2 * ${normal(index + 60)})`;
}

/** In (0, 1), by row and stream alone. */
function uniform(stream: number): string {
  return `((hash(row * 1000 + ${stream}) >> 11) + 0.5e0) / 9007199254740992e0`;
}

/** By Box and Muller. */
function normal(stream: number): string {
  return `sqrt(-2 * ln(${uniform(stream + 200)})) * cos(2 * pi() * ${uniform(stream + 300)})`;
}
