import { parseExpression, type Row, toFunction, type ValueType } from '../expression/index.ts';

/** Rows that a text or boolean expression gives the same value. */
export interface RowGroup {
  /** `true` and `false` are text; null: the expression is null there. */
  readonly group: string | null;
  /** Row numbers, rising. */
  readonly rows: readonly number[];
}

/** A group with too few rows to be judged. */
export interface SmallGroup {
  readonly group: string | null;
  readonly rows: number;
}

/** Small groups that are listed by name; an expression with thousands of values would fill pages. */
const LISTED = 50;

/** The groups of all rows, the largest first, groups of one size by name. */
export function groupRows(
  expression: string,
  types: Readonly<Record<string, ValueType>>,
  rows: readonly Row[],
): RowGroup[] {
  const groupOf = toFunction(parseExpression(expression, types));
  const groups = new Map<string | null, number[]>();
  rows.forEach((row, index) => {
    const value = groupOf(row);
    const group = value === null ? null : String(value);
    const members = groups.get(group);
    if (members) members.push(index);
    else groups.set(group, [index]);
  });
  return Array.from(groups, ([group, members]) => ({ group, rows: members })).sort(
    (a, b) => b.rows.length - a.rows.length || compareNames(a.group, b.group),
  );
}

/** Groups of at least `minRows` rows apart from the others; of those the largest are named, all are counted. */
export function splitBySize(
  groups: readonly RowGroup[],
  minRows: number,
): { large: RowGroup[]; tooSmall: SmallGroup[]; tooSmallCount: number } {
  const small = groups.filter(({ rows }) => rows.length < minRows);
  return {
    large: groups.filter(({ rows }) => rows.length >= minRows),
    tooSmall: small.slice(0, LISTED).map(({ group, rows }) => ({ group, rows: rows.length })),
    tooSmallCount: small.length,
  };
}

/** The values of some rows; `width` values a row. */
export function pickRows(values: ArrayLike<number>, rows: readonly number[], width = 1): Float64Array {
  const picked = new Float64Array(rows.length * width);
  rows.forEach((row, index) => {
    for (let column = 0; column < width; column++) {
      picked[index * width + column] = values[row * width + column] as number;
    }
  });
  return picked;
}

/** By code unit, so that every machine sorts alike; null last. */
export function compareNames(a: string | null, b: string | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
