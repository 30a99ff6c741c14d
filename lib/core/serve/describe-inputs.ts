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

function exampleOf({ column }: InputColumn): unknown {
  switch (column.type) {
    case 'number': {
      const { min, max } = column;
      if (min !== undefined && max !== undefined)
        return column.integer ? Math.round((min + max) / 2) : (min + max) / 2;
      return min ?? max ?? 1;
    }
    case 'boolean':
      return true;
    case 'text':
      return column.oneOf?.[0] ?? 'text'.slice(0, column.maxLength);
    case 'timestamp':
      return column.min;
  }
}
