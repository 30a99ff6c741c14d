import type { LinearRequest } from './fit-linear.ts';

/** What training measured of a column; what does not vary among the rows has no place in the design. */
export interface ColumnCoding {
  /** Weighted share of the rows that have no value. */
  readonly missingShare: number;
  /** Position of the missing indicator. */
  readonly missingAt?: number;
  /** Of a number: standardised by these, at this position. */
  readonly mean: number;
  readonly scale: number;
  readonly numberAt?: number;
  /** Of a category: weighted share of each level, and the positions of those that vary. */
  readonly shares: readonly number[];
  readonly levelAt: readonly (number | undefined)[];
}

/**
 * The expanded training rows: position 0 is the constant 1, then standardised numbers (0 where missing),
 * then 0/1 columns, of which a row stores only those that are 1. All numbers come first, so that
 * sums over them are tight loops.
 */
export interface Design {
  readonly rows: number;
  readonly width: number;
  readonly codings: readonly ColumnCoding[];
  /** Columns stored in full. */
  readonly dense: number;
  /** Row-major, rows x dense. */
  readonly numbers: Float64Array;
  /** Row r has a 1 at the positions active[starts[r]] up to active[starts[r + 1] - 1], rising. */
  readonly starts: Uint32Array;
  readonly active: Uint32Array;
  readonly weights: Float64Array;
  readonly totalWeight: number;
}

/** @param counted rows that count, all with a weight above 0 */
export function buildDesign(request: LinearRequest, counted: Uint32Array): Design {
  const { columns, values } = request.features;
  const weights = Float64Array.from(counted, (row) => request.weights?.[row] ?? 1);
  const totalWeight = weights.reduce((sum, weight) => sum + weight, 0);
  const measured = request.levels.map((levels, column) => {
    const column64 = Float64Array.from(counted, (row) => values[row * columns + column] as number);
    return levels === undefined
      ? measureNumber(column64, weights, totalWeight)
      : measureCategory(column64, weights, totalWeight, levels);
  });
  let width = 1;
  const place = (varies: boolean) => (varies ? width++ : undefined);
  const withNumbers = measured.map((column) => ({ ...column, numberAt: place(column.varies) }));
  const dense = width;
  const codings = withNumbers.map((column) => ({
    ...column,
    levelAt: column.shares.map((share) => place(isPartial(share))),
    missingAt: place(isPartial(column.missingShare)),
  }));
  return {
    rows: counted.length,
    width,
    codings,
    dense,
    weights,
    totalWeight,
    ...fill(request, counted, codings, dense),
  };
}

function fill(
  { features }: LinearRequest,
  counted: Uint32Array,
  codings: readonly ColumnCoding[],
  dense: number,
) {
  const numbers = new Float64Array(counted.length * dense);
  const starts = new Uint32Array(counted.length + 1);
  const active = new Uint32Array(counted.length * codings.length);
  let used = 0;
  for (const [index, row] of counted.entries()) {
    numbers[index * dense] = 1;
    for (const [column, coding] of codings.entries()) {
      const value = features.values[row * features.columns + column] as number;
      if (Number.isNaN(value)) {
        if (coding.missingAt !== undefined) active[used++] = coding.missingAt;
      } else if (coding.numberAt !== undefined) {
        numbers[index * dense + coding.numberAt] = (value - coding.mean) / coding.scale;
      } else {
        const at = coding.levelAt[value];
        if (at !== undefined) active[used++] = at;
      }
    }
    starts[index + 1] = used;
  }
  return { numbers, starts, active: active.slice(0, used) };
}

interface Measured {
  readonly missingShare: number;
  readonly mean: number;
  readonly scale: number;
  readonly varies: boolean;
  readonly shares: readonly number[];
}

/** Mean and standard deviation in two passes: one pass loses the digits of a column far from 0. */
function measureNumber(column: Float64Array, weights: Float64Array, totalWeight: number): Measured {
  let [present, sum, missing] = [0, 0, 0];
  let [low, high] = [Infinity, -Infinity];
  for (const [row, value] of column.entries()) {
    const weight = weights[row] as number;
    if (Number.isNaN(value)) {
      missing += weight;
      continue;
    }
    present += weight;
    sum += weight * value;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const missingShare = missing / totalWeight;
  if (!(low < high))
    return { missingShare, mean: present > 0 ? low : 0, scale: 1, varies: false, shares: [] };
  const mean = sum / present;
  let squares = 0;
  for (const [row, value] of column.entries()) {
    if (!Number.isNaN(value)) squares += (weights[row] as number) * (value - mean) ** 2;
  }
  return { missingShare, mean, scale: Math.sqrt(squares / present), varies: true, shares: [] };
}

function measureCategory(
  column: Float64Array,
  weights: Float64Array,
  totalWeight: number,
  levels: number,
): Measured {
  const sums = new Float64Array(levels);
  let missing = 0;
  for (const [row, level] of column.entries()) {
    const weight = weights[row] as number;
    if (Number.isNaN(level)) missing += weight;
    else sums[level] = (sums[level] as number) + weight;
  }
  const shares = Array.from(sums, (sum) => sum / totalWeight);
  return { missingShare: missing / totalWeight, mean: 0, scale: 1, varies: false, shares };
}

/** A 0/1 column that is always 1 says no more than the constant. */
function isPartial(share: number): boolean {
  return share > 0 && share < 1;
}
