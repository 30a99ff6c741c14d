import { describeInputs } from '../serve/describe-inputs.ts';
import { expectation, MAX_ROWS } from '../serve/parse-rows.ts';
import type { InputColumn, Signature } from '../serve/signature.ts';

/** JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a prediction request for a version must be: the columns of its signature, as `parseRows` takes them. */
export function rowsSchema(signature: Signature): JsonSchema {
  const columns = [...signature.inputs, ...signature.carried];
  const row = {
    type: 'object',
    properties: {
      ...Object.fromEntries(columns.map((input) => [input.name, columnSchema(input)])),
      ...Object.fromEntries(
        signature.ignored.map((name) => [name, { description: 'taken and not looked at' }]),
      ),
    },
    required: columns.filter(({ optional }) => !optional).map(({ name }) => name),
    additionalProperties: false,
  };
  return {
    type: 'object',
    properties: { rows: { type: 'array', items: row, minItems: 1, maxItems: MAX_ROWS } },
    required: ['rows'],
    additionalProperties: false,
    examples: [describeInputs(signature).example],
  };
}

function columnSchema(input: InputColumn): JsonSchema {
  const { type, ...rules } = valueSchema(input);
  const description = `${expectation(input)}; of ${input.dataset}`;
  if (!input.optional) return { type, ...rules, description };
  const levels = rules.enum as readonly unknown[] | undefined;
  return { type: [type, 'null'], ...rules, ...(levels && { enum: [...levels, null] }), description };
}

function valueSchema({ column }: InputColumn): JsonSchema {
  switch (column.type) {
    case 'number': {
      const { min, max, integer } = column;
      return {
        type: integer ? 'integer' : 'number',
        ...(min !== undefined && { minimum: min }),
        ...(max !== undefined && { maximum: max }),
      };
    }
    case 'boolean':
      return { type: 'boolean' };
    case 'text':
      return {
        type: 'string',
        ...(column.oneOf ? { enum: column.oneOf } : { maxLength: column.maxLength }),
      };
    case 'timestamp':
      return { type: 'string' };
  }
}
