import { writeParquetOnce } from '../write-parquet.ts';

/** Columns as models have them, six of each kind; every fourth has missing values. */
const NUMBERS = [
  (column: number) => normal(column),
  (column: number) => `exp(0.8 * ${normal(column)})`,
  (column: number) => `1000 * ${uniform(column)}`,
  (column: number) => `round(20 - 20 * ln(${uniform(column)}))`,
].flatMap((kind) => new Array<typeof kind>(6).fill(kind));
/** How many levels each of the columns of levels has. */
const LEVELS = [2, 3, 12, 24, 50, 200];

export const COLUMNS: readonly { readonly name: string; readonly kind: 'number' | 'category' }[] = [
  ...NUMBERS.map((_, index) => ({ name: `n${index}`, kind: 'number' as const })),
  ...LEVELS.map((_, index) => ({ name: `c${index}`, kind: 'category' as const })),
];

/**
 * Writes rows of COLUMNS: 24 of numbers, 6 of levels. The same arguments give the same rows; a file is written once.
 * @param first number of the first row: other rows are other data
 * @param moved whether every sixth column of numbers is larger, by 5 to 40 %, and two of levels have other shares
 */
export async function writeRows(
  file: string,
  rows: { readonly first: number; readonly count: number; readonly moved: boolean },
  spillDirectory: string,
): Promise<void> {
  const columns = [
    ...NUMBERS.map((_, index) => numbers(index, rows.moved)),
    ...LEVELS.map((_, index) => levels(index, rows.moved)),
  ];
  const numbered = `SELECT range + ${rows.first} AS row FROM range(${rows.count})`;
  await writeParquetOnce(file, `SELECT ${columns.join(', ')} FROM (${numbered})`, spillDirectory);
}

function numbers(index: number, moved: boolean): string {
  const kind = NUMBERS[index] as (column: number) => string;
  const value = moved && index % 6 === 0 ? `${1.05 + index / 51} * (${kind(index)}) + 0.1` : kind(index);
  const there = index % 4 === 3 ? `CASE WHEN ${uniform(index + 100)} < 0.9 THEN ${value} END` : value;
  return `CAST(${there} AS DOUBLE) AS n${index}`;
}

/** Level k of n is the rarer the larger k. */
function levels(index: number, moved: boolean): string {
  const power = moved && index % 3 === 0 ? 1.5 : 2;
  return `'level ' || CAST(floor(${LEVELS[index]} * pow(${uniform(index + 50)}, ${power})) AS INTEGER) AS c${index}`;
}

/** In (0, 1), by row and stream alone. */
function uniform(stream: number): string {
  return `((hash(row * 1000 + ${stream}) >> 11) + 0.5e0) / 9007199254740992e0`;
}

/** By Box and Muller. */
function normal(stream: number): string {
  return `sqrt(-2 * ln(${uniform(stream + 200)})) * cos(2 * pi() * ${uniform(stream + 300)})`;
}
