import type { DuckDBConnection } from '@duckdb/node-api';
import type { EngineConnection } from './open-duckdb.ts';

/** Pieces of work that are done at once. */
export const LANES = 2;

/**
 * Does pieces of work on LANES connections, each piece on the next that is free: while what one has read is counted here,
 * the engine reads for the other. One core does the same work, and comes to the same.
 * @param work is given its connection, and the number of it
 * @returns what the pieces come to, in their order
 * @throws what a piece throws, once no piece is at work
 */
export async function sideBySide<Result>(
  database: EngineConnection,
  work: readonly ((connection: DuckDBConnection, lane: number) => Promise<Result>)[],
): Promise<Result[]> {
  const others = await Promise.all(Array.from({ length: LANES - 1 }, () => database.another()));
  const results = new Array<Result>(work.length);
  const left = work.entries();
  const goThrough = async (connection: DuckDBConnection, lane: number): Promise<void> => {
    try {
      for (const [index, piece] of left) results[index] = await piece(connection, lane);
    } catch (error) {
      // Nobody needs the rest.
      for (const _ of left);
      throw error;
    }
  };
  try {
    const ends = await Promise.allSettled([database, ...others].map(goThrough));
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
    return results;
  } finally {
    for (const connection of others) connection.closeSync();
  }
}
