import type { DuckDBConnection, Json } from '@duckdb/node-api';

/** Rows of a query as plain JSON; 64-bit integers come as text. */
export async function queryRows(database: DuckDBConnection, sql: string): Promise<Record<string, Json>[]> {
  return (await database.runAndReadAll(sql)).getRowObjectsJson();
}

/** A query's only row. */
export async function queryRow(database: DuckDBConnection, sql: string): Promise<Record<string, Json>> {
  const [row] = await queryRows(database, sql);
  if (row === undefined) throw new TypeError('the query gave no row');
  return row;
}
