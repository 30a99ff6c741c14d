import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { type Source, typedSql } from './source.ts';
import { identifier, literal } from './sql.ts';

/**
 * Writes the part: Parquet with zstd, the spec's columns in its order, rows as in the file. Numbers are DOUBLE,
 * or BIGINT when `integer`; timestamps are TIMESTAMP in UTC, cut to milliseconds. The same rows give the same
 * bytes whatever format they came in and however many threads there are.
 */
export async function writePart(
  database: DuckDBConnection,
  source: Source,
  dataset: DatasetSpec,
  path: string,
): Promise<{ sha256: string; size: number }> {
  const columns = Object.entries(dataset.columns).map(([name, spec], index) => {
    const whole = spec.type === 'number' && spec.integer;
    return `${whole ? `CAST(v${index} AS BIGINT)` : `v${index}`} AS ${identifier(name)}`;
  });
  // Without the sort, row groups would end where the reader's buffers happen to.
  await database.run(
    `COPY (SELECT ${columns.join(', ')} FROM (${typedSql(source, dataset)}) ORDER BY rn)
      TO ${literal(path)} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
  );
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { sha256: hash.digest('hex'), size: (await stat(path)).size };
}
