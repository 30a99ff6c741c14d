import { closeSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import {
  type FileFormat,
  type Problem,
  problem,
  type RejectedFile,
  type ValidationResult,
} from '#core/data/report.ts';
import type { ValidationRequest } from '#ports/queries.ts';
import { judgeRows } from './judge-rows.ts';
import { openCsv } from './open-csv.ts';
import { openDuckDb } from './open-duckdb.ts';
import { openJsonl } from './open-jsonl.ts';
import { openParquet } from './open-parquet.ts';
import { profilePart } from './profile-part.ts';
import { queryRow } from './query.ts';
import { recogniseFormat } from './recognise-format.ts';
import type { FileToOpen, OpenedFile, Source } from './source.ts';
import { writePart } from './write-part.ts';

export interface ValidationEngine {
  /** For copies and spilled memory; the caller removes it. */
  readonly workDirectory: string;
  /** What may be spilled there, in megabytes; also what a file may hold unpacked. */
  readonly spillMb: number;
  /** Memory of the engine in megabytes. */
  readonly memoryMb: number;
  /** @default 2 */
  readonly threads?: number;
}

const HEAD_BYTES = 8192;

/**
 * Judges one file by its dataset's rules and, if it keeps them all, writes its part. Hostile files may crash or
 * exhaust this process: call it through `validateInChild`.
 */
export async function validateFile(
  request: ValidationRequest,
  engine: ValidationEngine,
): Promise<ValidationResult> {
  const head = readHead(request.file);
  if (head.length === 0)
    return reject(null, 0, [problem('empty', 'at least one row of data, found an empty file')]);
  const recognised = recogniseFormat(head);
  if ('refused' in recognised) return reject(null, null, [recognised.refused]);
  const { format } = recognised;
  const cutPath = join(engine.workDirectory, 'without-broken-records');
  const database = await openDuckDb({
    files: [request.file, cutPath, request.part],
    spillDirectory: join(engine.workDirectory, 'spill'),
    ...engine,
  });
  try {
    return await judge(request, format, database, cutPath, engine.spillMb);
  } catch (error) {
    rmSync(request.part, { force: true });
    return reject(format, null, [problem('readable', explain(error, format, engine.memoryMb))]);
  } finally {
    database.closeSync();
  }
}

async function judge(
  { file, part: partPath, dataset, knownLevels }: ValidationRequest,
  format: FileFormat,
  database: DuckDBConnection,
  cutPath: string,
  unpackedMb: number,
): Promise<ValidationResult> {
  const opened = await open({ database, path: file, dataset }, format, cutPath);
  const { source } = opened;
  if (!source) return reject(format, opened.rows, opened.problems);
  const judged = await judgeRows(database, source, dataset);
  // Row numbers would point at the wrong rows, and rows might be lost.
  if (judged.rows !== opened.queriedRows) {
    const expected = `${opened.queriedRows} rows, as its structure says, found ${judged.rows}`;
    return reject(format, null, [...opened.problems, problem('readable', expected)]);
  }
  const problems = [...opened.problems, ...judged.problems];
  if (judged.unpackedMb > unpackedMb) {
    const expected = `at most ${unpackedMb} MB of values, found ${Math.round(judged.unpackedMb)}; split the file`;
    problems.push(problem('volume', expected, { count: judged.rows }));
  }
  if (problems.length > 0) return reject(format, opened.rows, problems);
  return accept(database, source, { format, partPath, opened, dataset, knownLevels });
}

async function accept(
  database: DuckDBConnection,
  source: Source,
  accepted: Pick<ValidationRequest, 'dataset'> & {
    format: FileFormat;
    partPath: string;
    opened: OpenedFile;
    knownLevels: ValidationRequest['knownLevels'];
  },
): Promise<ValidationResult> {
  const { format, partPath, opened, dataset, knownLevels } = accepted;
  const part = await writePart(database, source, dataset, partPath);
  const { profile, warnings } = await profilePart(database, partPath, dataset, knownLevels);
  const { version } = await queryRow(database, 'SELECT version() AS version');
  return {
    accepted: true,
    format,
    rows: profile.rows,
    part,
    profile,
    warnings: [...opened.warnings, ...warnings],
    engine: String(version),
  };
}

async function open(file: FileToOpen, format: FileFormat, cutPath: string): Promise<OpenedFile> {
  switch (format) {
    case 'csv':
      return openCsv(file, cutPath);
    case 'jsonl':
      return openJsonl(file, cutPath);
    case 'parquet':
      return openParquet(file);
  }
}

function reject(format: FileFormat | null, rows: number | null, problems: readonly Problem[]): RejectedFile {
  return { accepted: false, format, rows, problems };
}

function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

// The engine's messages quote lines and values of the file; only the kind of error may leave.
function explain(error: unknown, format: FileFormat, memoryMb: number): string {
  const kind = /^[A-Za-z -]{1,40} Error(?=:)/.exec((error as Error).message)?.[0] ?? 'unknown error';
  if (kind === 'Out of Memory Error') return `a file that can be read with ${memoryMb} MB of memory`;
  const whole = {
    csv: 'a well-formed CSV file',
    jsonl: 'well-formed JSON Lines',
    parquet: 'a whole, undamaged Parquet file',
  };
  return `${whole[format]} (${kind})`;
}
