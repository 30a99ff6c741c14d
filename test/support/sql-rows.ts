import type { Value } from '#core/expression/index.ts';
import { SQL_TYPE } from '#core/expression/operation.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';

/** A row by column; what is left out is null, a timestamp is ISO 8601. */
export type TestRow = Readonly<Record<string, Value | undefined>>;

/** A query that gives rows in a dataset's columns and the engine's types. */
export function sqlRows(dataset: DatasetSpec, rows: readonly TestRow[]): string {
  const columns = Object.entries(dataset.columns);
  const selects = rows.map((row) => {
    const values = columns.map(
      ([name, { type }]) => `CAST(${sqlValue(row[name])} AS ${SQL_TYPE[type]}) AS "${name}"`,
    );
    return `SELECT ${values.join(', ')}`;
  });
  return selects.join(' UNION ALL ');
}

function sqlValue(value: Value | undefined): string {
  if (value === null || value === undefined) return 'NULL';
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`;
  // Without an exponent it would be a DECIMAL, whose cast to DOUBLE can miss by the last digit.
  return `(${typeof value === 'number' ? value.toExponential() : String(value)})`;
}
