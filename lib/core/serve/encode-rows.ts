import { parseExpression, type Row, toFunction, type Value } from '../expression/index.ts';
import { inputTypes, type Signature, type SignatureFeature } from './signature.ts';

/** Turns rows into the model's matrix. */
export interface Encoder {
  readonly columns: number;
  /** @returns row-major float32 matrix, rows x columns; NaN is missing, a categorical feature holds its level's index */
  encode(rows: readonly Row[]): Float32Array;
}

/** Compiles a signature's features once, for many rows. */
export function compileEncoder(signature: Signature): Encoder {
  const types = inputTypes(signature);
  const features = signature.features.map((feature) => ({
    compute: toFunction(parseExpression(feature.expression, types)),
    code: featureCoder(feature),
  }));
  const columns = features.length;
  return {
    columns,
    encode(rows) {
      const matrix = new Float32Array(rows.length * columns);
      rows.forEach((row, index) => {
        features.forEach(({ compute, code }, column) => {
          matrix[index * columns + column] = code(compute(row));
        });
      });
      return matrix;
    },
  };
}

/**
 * A feature's value as the number the model sees: training and serving both go through here.
 * What float32 cannot hold, a level never seen in training and null are missing (NaN).
 */
export function featureCoder(feature: Pick<SignatureFeature, 'kind' | 'levels'>): (value: Value) => number {
  if (feature.kind === 'number') {
    return (value) => {
      const rounded = value === null ? Number.NaN : Math.fround(Number(value));
      return Number.isFinite(rounded) ? rounded : Number.NaN;
    };
  }
  const indexOf = new Map((feature.levels ?? []).map((level, index) => [level, index]));
  return (value) => indexOf.get(value as string) ?? Number.NaN;
}
