import type { Row } from '#core/expression/index.ts';
import { featureCoder } from '#core/serve/encode-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import { LABEL_COLUMN } from '#core/training/training-query.ts';
import { labelCoding, type PreparedColumns } from '#core/training/training-sets.ts';

/** Labels as models take them: 0 or 1, the index of the class, or the number itself. */
export function labelsOf(signature: Signature, columns: PreparedColumns): Float64Array {
  const column = columns[LABEL_COLUMN] ?? [];
  if (!signature.classes) return Float64Array.from(column, Number);
  const code = featureCoder(labelCoding(signature));
  return Float64Array.from(column, (label) => code(label));
}

/** Prepared columns row by row, as a request would bring them. */
export function asRows(columns: PreparedColumns): Row[] {
  const names = Object.keys(columns);
  const count = columns[LABEL_COLUMN]?.length ?? 0;
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(names.map((name) => [name, columns[name]?.[index] ?? null])),
  );
}
