import type { Value } from '../expression/index.ts';
import { acceptValue } from '../serve/parse-rows.ts';
import type { InputColumn } from '../serve/signature.ts';
import type { ColumnSpec } from '../spec/column.ts';

/** Rows of a column that its dataset would refuse. */
export interface ColumnQuality {
  readonly column: string;
  /** null where the column is not optional. */
  readonly nulls: number;
  /** Of another type; a fraction is no whole number. */
  readonly types: number;
  /** Outside the range, the length or the levels that the dataset declares. */
  readonly ranges: number;
}

/** Counts the values of a column that its dataset would refuse; none where nothing is declared of it. */
export function qualityCounter(column: string, declared: readonly InputColumn[]) {
  const input = declared.find(({ name }) => name === column);
  const unbounded = input && { column: withoutBounds(input.column) };
  let [nulls, types, ranges] = [0, 0, 0];
  return {
    column,
    add(value: Value | undefined): void {
      if (!input || !unbounded) return;
      if (value === null || value === undefined) nulls += input.optional ? 0 : 1;
      else if (acceptValue(input, value) !== undefined) return;
      else if (acceptValue(unbounded, value) === undefined) types++;
      else ranges++;
    },
    /** Nothing where nothing is wrong. */
    found: (): ColumnQuality[] => (nulls + types + ranges === 0 ? [] : [{ column, nulls, types, ranges }]),
  };
}

/** @param columns in whose order the result is */
export function mergeQuality(columns: readonly string[], found: readonly ColumnQuality[]): ColumnQuality[] {
  return columns.flatMap((column) => {
    const of = found.filter((quality) => quality.column === column);
    return of.length === 0 ? [] : [of.reduce(addQuality)];
  });
}

const addQuality = (a: ColumnQuality, b: ColumnQuality): ColumnQuality => ({
  column: a.column,
  nulls: a.nulls + b.nulls,
  types: a.types + b.types,
  ranges: a.ranges + b.ranges,
});

function withoutBounds(column: ColumnSpec): ColumnSpec {
  switch (column.type) {
    case 'number': {
      const { min: _, max: __, ...any } = column;
      return any;
    }
    case 'text': {
      const { oneOf: _, ...any } = column;
      return { ...any, maxLength: Infinity };
    }
    default:
      return column;
  }
}
