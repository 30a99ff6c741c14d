import { type FieldProblem, fieldPath, InvalidInputError, showValue } from '../errors.ts';
import type { Row, Value } from '../expression/index.ts';
import { parseInstant } from './instant.ts';
import type { InputColumn, Signature } from './signature.ts';

/** Most rows in one request. */
export const MAX_ROWS = 1000;
/** Problems named in one answer; the rest are as many as the caller's mistakes repeat. */
const MAX_PROBLEMS = 20;

/**
 * The rows of a prediction request `{ rows: [{ column: value, ... }, ...] }`, checked against the
 * model's signature. Hand-written for the predict path: one pass.
 * @returns inputs and carried columns only; timestamps as epoch milliseconds; absent optional columns as null
 * @throws InvalidInputError naming the first 20 wrong fields, their values and what was expected
 */
export function parseRows(signature: Signature, body: unknown): Row[] {
  if (!isRecord(body)) throw new InvalidInputError([problem([], 'an object { "rows": [...] }', body)]);
  const problems = Object.keys(body)
    .filter((key) => key !== 'rows')
    .slice(0, MAX_PROBLEMS - 1)
    .map((key) => problem([key], 'no such field', body[key]));
  const rows = Object.hasOwn(body, 'rows') ? body.rows : undefined;
  if (!Array.isArray(rows)) {
    throw new InvalidInputError([...problems, problem(['rows'], 'an array of rows', rows)]);
  }
  if (rows.length < 1 || rows.length > MAX_ROWS) {
    const got = `${rows.length} rows`;
    throw new InvalidInputError([...problems, { field: 'rows', expected: `1 to ${MAX_ROWS} rows`, got }]);
  }
  const columns = [...signature.inputs, ...signature.carried];
  const known = new Set([...columns.map(({ name }) => name), ...signature.ignored]);
  const parsed: Row[] = [];
  for (const [index, row] of rows.entries()) {
    parsed.push(parseRow(row, index, columns, known, problems));
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (problems.length > 0) throw new InvalidInputError(problems.slice(0, MAX_PROBLEMS));
  return parsed;
}

function parseRow(
  row: unknown,
  index: number,
  columns: readonly InputColumn[],
  known: ReadonlySet<string>,
  problems: FieldProblem[],
): Row {
  if (!isRecord(row)) {
    problems.push(problem(['rows', index], 'an object', row));
    return {};
  }
  for (const name of Object.keys(row)) {
    if (known.has(name)) continue;
    problems.push(problem(['rows', index, name], 'a column that the model knows', row[name]));
    if (problems.length >= MAX_PROBLEMS) return {};
  }
  const parsed: Record<string, Value> = {};
  for (const input of columns) {
    const value = Object.hasOwn(row, input.name) ? row[input.name] : undefined;
    const accepted = input.optional && (value ?? null) === null ? null : acceptValue(input, value);
    if (accepted === undefined) {
      const field = fieldPath(['rows', index, input.name]);
      const got = input.column.sensitive ? kindOf(value) : describe(value);
      problems.push({ field, expected: expectation(input), got });
    } else parsed[input.name] = accepted;
  }
  return parsed;
}

/** A value as a column takes it, timestamps as epoch milliseconds; undefined when it does not. */
export function acceptValue({ column }: Pick<InputColumn, 'column'>, value: unknown): Value | undefined {
  switch (column.type) {
    case 'number': {
      if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
      if (column.integer && !Number.isInteger(value)) return undefined;
      if (value < (column.min ?? -Infinity) || value > (column.max ?? Infinity)) return undefined;
      return value;
    }
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'text': {
      if (typeof value !== 'string' || !value.isWellFormed() || value.includes('\0')) return undefined;
      if (value.length > column.maxLength && [...value].length > column.maxLength) return undefined;
      return column.oneOf && !column.oneOf.includes(value) ? undefined : value;
    }
    case 'timestamp': {
      const instant = typeof value === 'string' ? parseInstant(value) : undefined;
      if (instant === undefined || instant < Date.parse(column.min) || instant > Date.parse(column.max))
        return undefined;
      return instant;
    }
  }
}

/** What a column takes, as a sentence for error messages and the model's page. */
export function expectation({ column, optional }: InputColumn): string {
  const nothing = optional ? ' or null' : '';
  switch (column.type) {
    case 'number': {
      const kind = column.integer ? 'a whole number' : 'a number';
      const range = [
        ...(column.min === undefined ? [] : [`at least ${column.min}`]),
        ...(column.max === undefined ? [] : [`at most ${column.max}`]),
      ];
      return [kind, ...(range.length > 0 ? [range.join(' and ')] : [])].join(' ') + nothing;
    }
    case 'boolean':
      return `true or false${nothing}`;
    case 'text':
      return (
        (column.oneOf
          ? `one of ${column.oneOf.map((level) => JSON.stringify(level)).join(', ')}`
          : `text of at most ${column.maxLength} characters`) + nothing
      );
    case 'timestamp':
      return `an ISO 8601 instant from ${column.min} to ${column.max}${nothing}`;
  }
}

function problem(path: readonly PropertyKey[], expected: string, value: unknown): FieldProblem {
  return { field: fieldPath(path), expected, got: describe(value) };
}

function describe(value: unknown): string {
  return value === undefined ? 'nothing' : showValue(value);
}

/** What a value is, without saying it: answers end up in the logs of whoever asked. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return `text of ${value.length} characters`;
  if (value === undefined || value === null) return describe(value);
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
