import type { ColumnSpec } from '../spec/column.ts';
import { expectation } from './parse-rows.ts';
import type { InputColumn, Signature } from './signature.ts';

/** What a request's row brings, for people and programs. */
export interface InputDescription {
  readonly columns: Readonly<
    Record<string, { type: ColumnSpec['type']; required: boolean; expected: string; dataset: string }>
  >;
  /** A body that the model answers. */
  readonly example: { readonly rows: readonly Readonly<Record<string, unknown>>[] };
}

/** The columns that a model needs, with types, ranges and an example. */
export function describeInputs(signature: Signature): InputDescription {
  const inputs = [...signature.inputs, ...signature.carried];
  return {
    columns: Object.fromEntries(
      inputs.map((input) => [
        input.name,
        {
          type: input.column.type,
          required: !input.optional,
          expected: expectation(input),
          dataset: input.dataset,
        },
      ]),
    ),
    example: { rows: [Object.fromEntries(inputs.map((input) => [input.name, exampleOf(input)]))] },
  };
}

/** A value that the column takes: of a range its middle, of a half-open one its end. */
function exampleOf({ column }: InputColumn): unknown {
  switch (column.type) {
    case 'number': {
      const { min, max, integer } = column;
      const low = integer && min !== undefined ? Math.ceil(min) : min;
      const high = integer && max !== undefined ? Math.floor(max) : max;
      if (low === undefined || high === undefined) return low ?? high ?? 1;
      const middle = (low + high) / 2;
      // Both ends hold the middle in: the sum may be beyond double.
      return Math.min(Math.max(integer ? Math.floor(middle) : middle, low), high);
    }
    case 'boolean':
      return true;
    case 'text':
      return column.oneOf?.[0] ?? 'text'.slice(0, column.maxLength);
    case 'timestamp':
      return column.min;
  }
}
