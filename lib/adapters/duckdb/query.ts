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
 * @param each is given a piece of a column, and which: the engine's memory, only until it returns
 */
export async function streamDoubles(
  database: DuckDBConnection,
  sql: string,
  each: (values: Float64Array, column: number) => void,
): Promise<void> {
  const result = await database.stream(sql);
  let chunk = await result.fetchChunk();
  while (chunk?.rowCount) {
    // The engine decodes the next chunk while this one is looked at.
    const following = result.fetchChunk();
    const columns = chunk.columnCount;
    for (let column = 0; column < columns; column++)
      each(doublesOf(chunk.getColumnVector(column) as DuckDBDoubleVector), column);
    chunk = await following;
  }
}

/** All at once: asking a vector for one number after the other takes as long again as counting them does. */
function doublesOf(vector: DuckDBDoubleVector): Float64Array {
  // biome-ignore lint/complexity/useLiteralKeys: its numbers are private, and there is no other way to them.
  return vector['items'];
}
