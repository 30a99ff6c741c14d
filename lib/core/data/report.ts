/** What a dropped file can be. Found from its content; its name says nothing. */
export type FileFormat = 'csv' | 'jsonl' | 'parquet';

/** How many row numbers a problem names at most. */
export const ROWS_NAMED = 10;

/** The rules of a file, by their stable names: reports, metrics and alarms carry them. */
export const RULES = {
  dataset: 'the folder belongs to no dataset',
  readable: 'the file could not be read',
  format: 'the file is not well-formed',
  empty: 'the file holds no rows',
  encoding: 'the encoding is wrong',
  header: 'the header cannot be used',
  'duplicate-column': 'a column occurs more than once',
  'missing-column': 'the column is missing',
  type: 'values are not of the column’s type',
  'not-finite': 'values are NaN or infinite',
  null: 'too many values are missing',
  range: 'values are out of range',
  integer: 'values are not whole numbers',
  domain: 'values are not among the accepted ones',
  length: 'values are too long',
  'key-null': 'values of the key are missing',
  'key-duplicate': 'rows repeat the key of an earlier row',
  check: 'rows break a check',
  volume: 'the number of rows is out of bounds',
} as const;
export type Rule = keyof typeof RULES;

/** One broken rule. Never holds a value of the file. */
export interface Problem {
  readonly rule: Rule;
  /** The column, the check's name for rule `check`, or null when the whole file is meant. */
  readonly column: string | null;
  /** Rows, or for a whole file 1, that break the rule. */
  readonly count: number;
  /** The first row numbers, ascending; row 1 is the first row of data, blank lines are no rows. */
  readonly rows: readonly number[];
  readonly expected: string;
  readonly message: string;
}

/** Something to know about an accepted file. */
export interface Warning {
  readonly warning: 'byte-order-mark' | 'extra-column' | 'new-levels' | 'too-many-levels';
  readonly column: string | null;
  readonly message: string;
}

/** What an accepted part's column holds. */
export interface ColumnProfile {
  readonly nulls: number;
  /** Of numbers, and of timestamps as ISO 8601 in UTC. Absent when all is null. */
  readonly min?: number | string;
  readonly max?: number | string;
  /** Different texts. */
  readonly distinct?: number;
  /** Of a learned column: its texts, sorted. */
  readonly levels?: readonly string[];
}

/** Counts of one accepted part. */
export interface PartProfile {
  readonly rows: number;
  readonly columns: Readonly<Record<string, ColumnProfile>>;
  /** First and last instant of the dataset's time column, ISO 8601 in UTC. */
  readonly timeRange?: TimeRange;
}

export interface TimeRange {
  readonly from: string;
  readonly to: string;
}

/** The file keeps every rule; its Parquet part was written. */
export interface AcceptedFile {
  readonly accepted: true;
  readonly format: FileFormat;
  readonly rows: number;
  /** The part's sha256 (hexadecimal) and size (bytes). */
  readonly part: { readonly sha256: string; readonly size: number };
  readonly profile: PartProfile;
  readonly warnings: readonly Warning[];
  /** Version of the engine that wrote the part. */
  readonly engine: string;
}

/** The file breaks rules; nothing was written. */
export interface RejectedFile {
  readonly accepted: false;
  /** Null when it is none that we read. */
  readonly format: FileFormat | null;
  /** Null when they could not be counted. */
  readonly rows: number | null;
  readonly problems: readonly Problem[];
}

export type ValidationResult = AcceptedFile | RejectedFile;

/** A problem with its sentence: what is wrong, where, what was expected. */
export function problem(
  rule: Rule,
  expected: string,
  { column = null, count = 1, rows = [] }: Partial<Pick<Problem, 'column' | 'count' | 'rows'>> = {},
): Problem {
  const where = rows.length === 0 ? '' : ` (${describeRows(count, rows)})`;
  const message = `${column === null ? '' : `${column}: `}${RULES[rule]}${where}: expected ${expected}`;
  return { rule, column, count, rows, expected, message };
}

function describeRows(count: number, rows: readonly number[]): string {
  const named = rows.join(', ');
  if (count === 1) return `row ${named}`;
  return count > rows.length ? `${count} rows, first ${named}` : `rows ${named}`;
}
