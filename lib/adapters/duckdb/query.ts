import type { DuckDBConnection, DuckDBDoubleVector, Json } from '@duckdb/node-api';

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

/**
 * Goes through a query's rows a few thousand at a time: no value but the numbers themselves becomes an object.
 * @param sql whose columns are all DOUBLE and never NULL
 */
export async function streamDoubles(
  database: DuckDBConnection,
  sql: string,
  each: (columns: readonly DuckDBDoubleVector[], rows: number) => void,
): Promise<void> {
  const result = await database.stream(sql);
  let chunk = await result.fetchChunk();
  while (chunk?.rowCount) {
    // The engine decodes the next chunk while this one is looked at.
    const following = result.fetchChunk();
    const { columnCount, rowCount } = chunk;
    const vector = (_: unknown, column: number) => chunk?.getColumnVector(column) as DuckDBDoubleVector;
    each(Array.from({ length: columnCount }, vector), rowCount);
    chunk = await following;
  }
}
