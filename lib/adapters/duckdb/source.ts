import type { DuckDBConnection } from '@duckdb/node-api';
import { type Problem, problem, type Warning } from '#core/data/report.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { absentColumn, type CastColumn } from './cast-column.ts';

/** More columns than this is a mistake or an attack. */
export const MAX_COLUMNS = 2000;

/** A file as the engine can query it. */
export interface Source {
  /** SQL that gives the raw columns, and `rn`: 1, 2, ... in file order. */
  readonly rawSql: string;
  /** How the dataset's columns read, by name; what the file lacks is not there. */
  readonly columns: ReadonlyMap<string, CastColumn>;
  /** Turns row numbers of the query into those of the file. */
  readonly fileRows: (rows: readonly number[]) => number[];
}

/** A file whose structure was looked at. */
export interface OpenedFile {
  /** Undefined when the values cannot be judged. */
  readonly source: Source | undefined;
  /** Null when they could not be counted. */
  readonly rows: number | null;
  /** Rows that the query must give, else the readers disagree. */
  readonly queriedRows: number;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** A local file, the engine that may read it, and what it must hold. */
export interface FileToOpen {
  readonly database: DuckDBConnection;
  readonly path: string;
  readonly dataset: DatasetSpec;
}

/** Columns `rn`, and for the n-th column of the spec `pn` (whether there is a value) and `vn` (the typed value). */
export function typedSql(source: Source, dataset: DatasetSpec): string {
  const columns = Object.entries(dataset.columns).map(([name, spec], index) => {
    const { present, value } = source.columns.get(name) ?? absentColumn(spec);
    return `${present} AS p${index}, ${value} AS v${index}`;
  });
  return `SELECT rn, ${columns.join(', ')} FROM (${source.rawSql})`;
}

/**
 * Compares a file's column names with the spec's, letter by letter. Names of the file are told only when every
 * column is there: without its header a file's first row of values stands where names are expected.
 */
export function compareColumns(
  dataset: DatasetSpec,
  names: readonly string[],
): { problems: Problem[]; warnings: Warning[] } {
  const wanted = Object.keys(dataset.columns);
  const present = new Set(names);
  const problems: Problem[] = [];
  if (names.length > MAX_COLUMNS)
    problems.push(problem('header', `at most ${MAX_COLUMNS} columns, found ${names.length}`));
  const duplicated = names.filter((name, index) => names.indexOf(name) !== index);
  const known = duplicated.filter((name) => wanted.includes(name));
  for (const column of new Set(known)) problems.push(problem('duplicate-column', 'it once', { column }));
  if (duplicated.length > known.length) {
    const positions = names.flatMap((name, index) => (names.indexOf(name) === index ? [] : [index + 1]));
    problems.push(
      problem('duplicate-column', `different names, column ${positions.slice(0, 10).join(', ')} repeats one`),
    );
  }
  for (const column of wanted.filter((name) => !present.has(name))) {
    problems.push(problem('missing-column', describeMissing(column, names), { column }));
  }
  const extra = names.filter((name) => !wanted.includes(name));
  return { problems, warnings: problems.length === 0 && extra.length > 0 ? [warnOfExtra(extra)] : [] };
}

function describeMissing(column: string, names: readonly string[]): string {
  const alike = names.findIndex((name) => name.trim().toLowerCase() === column.toLowerCase());
  if (alike === -1) return `a column of this name among the file's ${names.length}`;
  return `exactly this name, column ${alike + 1} differs in case or spaces`;
}

function warnOfExtra(extra: readonly string[]): Warning {
  const shown = extra.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 60)));
  const more = extra.length > shown.length ? ` and ${extra.length - shown.length} more` : '';
  return {
    warning: 'extra-column',
    column: null,
    message: `columns that the dataset does not have were left out: ${shown.join(', ')}${more}`,
  };
}
