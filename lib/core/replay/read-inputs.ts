import type { Row, Value } from '../expression/index.ts';
import { acceptValue } from '../serve/parse-rows.ts';
import type { InputColumn, Signature } from '../serve/signature.ts';

/** A logged row as a version reads it. */
export interface ReadRow {
  /** null when it cannot be scored. */
  readonly row: Row | null;
  /** Columns that the log hides, read as missing. */
  readonly hidden: readonly string[];
  /** Columns that the log does not have: read as missing where the version takes that, else the reason to refuse. */
  readonly absent: readonly string[];
  /** Columns that hold what the version does not take. */
  readonly unfit: readonly string[];
}

/**
 * Reads logged rows as a version's signature wants them: with its own types and ranges, as a request's would be.
 * @param hidden columns whose values the log does not tell
 * @returns a function of what was logged: inputs and key together
 */
export function inputReader(
  { inputs }: Pick<Signature, 'inputs'>,
  hidden: ReadonlySet<string>,
): (logged: Row) => ReadRow {
  return (logged) => {
    const row: Record<string, Value> = {};
    const found = { hidden: [] as string[], absent: [] as string[], unfit: [] as string[] };
    let refused = false;
    for (const input of inputs) {
      const { name } = input;
      row[name] = null;
      if (hidden.has(name)) found.hidden.push(name);
      else if (!Object.hasOwn(logged, name)) {
        found.absent.push(name);
        refused ||= !input.optional;
      } else {
        const value = readValue(input, logged[name] ?? null);
        if (value === undefined) found.unfit.push(name);
        else row[name] = value;
      }
    }
    return { row: refused || found.unfit.length > 0 ? null : row, ...found };
  };
}

/** undefined when the column does not take it. */
function readValue(input: InputColumn, value: Value): Value | undefined {
  if (value === null) return input.optional ? null : undefined;
  // The log holds instants as numbers, requests as text.
  if (input.column.type !== 'timestamp') return acceptValue(input, value);
  return typeof value === 'number' && Math.abs(value) <= 8.64e15
    ? acceptValue(input, new Date(value).toISOString())
    : undefined;
}
