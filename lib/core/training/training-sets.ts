import type { Value } from '../expression/index.ts';
import { featureCoder } from '../serve/encode-rows.ts';
import type { Signature, SignatureFeature } from '../serve/signature.ts';
import { LABEL_COLUMN, SPLIT_COLUMN, type Split } from './training-query.ts';

/** Columns of prepared rows; a timestamp is epoch milliseconds. */
export type PreparedColumns = Readonly<Record<string, readonly Value[]>>;

/** Rows as the model sees them. */
export interface EncodedRows {
  /** Row-major float32, rows x features; NaN is missing. */
  readonly values: Float32Array;
  /** Binary: 0 or 1; multiclass: the index in the signature's classes; regression: the label itself. */
  readonly labels: Float32Array;
  readonly rows: number;
}

/**
 * The rows of some splits, in their order, through the same coders that serving uses.
 * @throws TypeError when the prepared rows lack a column: they are of another model
 */
export function encodeSplits(
  signature: Signature,
  columns: PreparedColumns,
  splits: readonly Split[],
): EncodedRows {
  const chosen: number[] = [];
  columnOf(columns, SPLIT_COLUMN).forEach((split, row) => {
    if (splits.includes(split as Split)) chosen.push(row);
  });
  const width = signature.features.length;
  const values = new Float32Array(chosen.length * width);
  signature.features.forEach((feature, column) => {
    const code = featureCoder(feature);
    const source = columnOf(columns, feature.name);
    chosen.forEach((row, index) => {
      values[index * width + column] = code(source[row] ?? null);
    });
  });
  const labels = columnOf(columns, LABEL_COLUMN);
  const code = featureCoder(labelCoding(signature));
  return {
    values,
    labels: Float32Array.from(chosen, (row) => code(labels[row] ?? null)),
    rows: chosen.length,
  };
}

/** A label is coded as a feature is: a class by its index, any other as a number. */
export function labelCoding({ classes }: Signature): Pick<SignatureFeature, 'kind' | 'levels'> {
  return classes ? { kind: 'categorical', levels: classes } : { kind: 'number' };
}

function columnOf(columns: PreparedColumns, name: string): readonly Value[] {
  const column = columns[name];
  if (!column) throw new TypeError(`the prepared rows have no column ${JSON.stringify(name)}`);
  return column;
}
