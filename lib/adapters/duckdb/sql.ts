/** A name as a quoted SQL identifier, whatever characters it holds. */
export function identifier(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`;
}

/** A text as an SQL string literal. DuckDB knows no backslash escapes in it, so doubled quotes are all there is. */
export function literal(text: string): string {
  return `'${withoutNul(text).replaceAll("'", "''")}'`;
}

// The engine's C interface ends a statement at NUL.
function withoutNul(text: string): string {
  if (text.includes('\0')) throw new TypeError('SQL cannot hold a NUL character');
  return text;
}
