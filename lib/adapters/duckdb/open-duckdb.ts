import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { literal } from './sql.ts';

export interface DuckDbOptions {
  /** The only files that may be read or written. */
  readonly files: readonly string[];
  /** Where the engine may spill when memory runs short. */
  readonly spillDirectory: string;
  /** What it may spill at most, in megabytes. @default 4096 */
  readonly spillMb?: number;
  /** Memory of the engine in megabytes; beyond it, it spills, then fails. */
  readonly memoryMb: number;
  /** @default 2 */
  readonly threads?: number;
}

/** A connection that can be had again: each runs one query at a time, and all see the same tables. */
export interface EngineConnection extends DuckDBConnection {
  another(): Promise<DuckDBConnection>;
}

/**
 * An in-memory DuckDB that reads and writes `files` and nothing else: no other path, no network, no extension,
 * no attached database, and no statement that could loosen this. Times are UTC whatever the machine says.
 */
export async function openDuckDb(options: DuckDbOptions): Promise<EngineConnection> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${options.memoryMb}MB`,
    threads: String(options.threads ?? 2),
    temp_directory: options.spillDirectory,
    max_temp_directory_size: `${options.spillMb ?? 4096}MB`,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
  });
  const connection = await instance.connect();
  await connection.run("SET GLOBAL TimeZone = 'UTC'");
  await connection.run(`SET allowed_paths = [${options.files.map(literal).join(', ')}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  return Object.assign(connection, { another: () => instance.connect() });
}
