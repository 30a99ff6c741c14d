import { InvalidInputError } from '../errors.ts';
import type { Row } from '../expression/index.ts';
import { MAX_ROWS, parseRows } from '../serve/parse-rows.ts';
import type { Signature } from '../serve/signature.ts';

/** A row as online serving reads it, or why it does not. */
export type ParsedRow = { readonly row: Row } | { readonly error: string };

/**
 * Reads rows as a request's are read, each on its own: a wrong one does not take the others with it.
 * @param rows of JSON values, as a request would bring them
 */
export function parseEach(signature: Signature, rows: readonly object[]): ParsedRow[] {
  const parsed: ParsedRow[] = [];
  for (let start = 0; start < rows.length; start += MAX_ROWS) {
    const block = rows.slice(start, start + MAX_ROWS);
    parsed.push(...(parseBlock(signature, block) ?? block.map((row) => parseAlone(signature, row))));
  }
  return parsed;
}

/** @returns undefined when one of them is wrong */
function parseBlock(signature: Signature, rows: readonly object[]): ParsedRow[] | undefined {
  try {
    return parseRows(signature, { rows }).map((row) => ({ row }));
  } catch (error) {
    if (error instanceof InvalidInputError) return undefined;
    throw error;
  }
}

function parseAlone(signature: Signature, row: object): ParsedRow {
  try {
    return { row: parseRows(signature, { rows: [row] })[0] as Row };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    const problems = error.problems.map(
      ({ field, expected, got }) => `${field.replace(/^rows\[0\]\.?/, '')}: expected ${expected}, got ${got}`,
    );
    return { error: problems.join('; ') };
  }
}
