import { type FieldProblem, showValue } from '#core/errors.ts';
import type { Matrix } from '#ports/trainer.ts';

// Requests hold tens of millions of values: each is looked at once, in plain loops over typed arrays.

/** The first reason why `matrix` is not `columns` wide, filled and finite. */
export function* matrixProblems(
  field: string,
  { rows, columns, values }: Matrix,
  expectedColumns: number,
  columnName: (column: number) => string = (column) => `[${column}]`,
): Generator<FieldProblem> {
  if (!isWhole(rows, 1)) {
    yield { field: `${field}.rows`, expected: 'a whole number, 1 or more', got: showValue(rows) };
  } else if (columns !== expectedColumns) {
    yield { field: `${field}.columns`, expected: String(expectedColumns), got: showValue(columns) };
  } else if (values.length !== rows * columns) {
    const expected = `rows x columns = ${rows} x ${columns} = ${rows * columns} numbers`;
    yield { field: `${field}.values`, expected, got: String(values.length) };
  } else {
    const index = firstInfinite(values);
    if (index < 0) return;
    const cell = `${field}[${Math.floor(index / columns)}]${columnName(index % columns)}`;
    yield { field: cell, expected: 'a finite float32 or NaN for missing', got: showValue(values[index]) };
  }
}

/** Index of the first value that is not in [least, most], or has a fraction where `whole`; -1 when all fit. */
export function firstOutside(values: Float32Array, least: number, most: number, whole: boolean): number {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (!(value >= least && value <= most) || (whole && value !== Math.trunc(value))) return index;
  }
  return -1;
}

/** The row of the first value of a column that is neither NaN nor 0 to `levels - 1`; -1 when all fit. */
export function firstNoLevel({ columns, values }: Matrix, column: number, levels: number): number {
  for (let index = column; index < values.length; index += columns) {
    const value = values[index] as number;
    const isLevel = value >= 0 && value < levels && value === Math.trunc(value);
    if (!isLevel && !Number.isNaN(value)) return (index - column) / columns;
  }
  return -1;
}

export function isWhole(value: unknown, least: number, most = Infinity): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}

function firstInfinite(values: Float32Array): number {
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value === Infinity || value === -Infinity) return index;
  }
  return -1;
}
