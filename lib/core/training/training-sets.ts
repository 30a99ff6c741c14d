import type { Value } from '../expression/index.ts';
import type { Signature, SignatureFeature } from '../serve/signature.ts';

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

/** A label is coded as a feature is: a class by its index, any other as a number. */
export function labelCoding({ classes }: Signature): Pick<SignatureFeature, 'kind' | 'levels'> {
  return classes ? { kind: 'categorical', levels: classes } : { kind: 'number' };
}
