import { type Problem, problem, type Warning } from '#core/data/report.ts';
import type { DatasetSpec } from '#core/spec/dataset.ts';
import { copyWithout, rowsBeforeCuts } from './cut-file.ts';
import { type Flaw, MAX_RECORD_BYTES, scanText, type TextScan } from './scan-text.ts';
import type { FileToOpen } from './source.ts';

/** Scans a text file and tells what is wrong with its bytes. */
export interface ScannedText {
  readonly scan: TextScan;
  /** The file to query: without its broken records. */
  readonly path: string;
  readonly fileRows: (rows: readonly number[]) => number[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly Warning[];
}

/** @param cutPath where a copy without the broken records may be written */
export function openText(
  { path, dataset }: FileToOpen,
  cutPath: string,
  format: 'csv' | 'jsonl',
): ScannedText {
  const scan = scanText(path, format, dataset.volume.maxRows);
  const cut = scan.complete && scan.cuts.length > 0;
  if (cut) copyWithout(path, cutPath, scan.cuts);
  return {
    scan,
    path: cut ? cutPath : path,
    fileRows: (rows) => rowsBeforeCuts(rows, scan.brokenRows),
    problems: [...describeFlaws(scan), ...describeVolume(scan, dataset)],
    warnings: scan.byteOrderMark
      ? [
          {
            warning: 'byte-order-mark',
            column: null,
            message: 'the byte-order mark at its start was left out',
          },
        ]
      : [],
  };
}

/** Options of read_csv that are the same for every text file: nothing is guessed. */
export const EXACT_CSV = `auto_detect = false, max_line_size = ${MAX_RECORD_BYTES}`;

function describeVolume(scan: TextScan, { volume }: DatasetSpec): Problem[] {
  if (scan.complete && scan.rows === 0) return [problem('empty', 'at least one row of data')];
  if (scan.rows > volume.maxRows)
    return [problem('volume', `at most ${volume.maxRows} rows`, { count: scan.rows })];
  if (scan.complete && scan.rows < volume.minRows) {
    return [problem('volume', `at least ${volume.minRows} rows, found ${scan.rows}`, { count: scan.rows })];
  }
  return [];
}

function* describeFlaws({ flaws, header }: TextScan): Iterable<Problem> {
  for (const [flaw, { count, rows }] of flaws) {
    const inHeader = rows[0] === 0;
    const expected = `${EXPECTED[flaw](header.length)}${inHeader ? ' (in the header)' : ''}`;
    const rule = flaw === 'not-utf8' || flaw === 'nul' ? 'encoding' : inHeader ? 'header' : 'format';
    yield problem(rule, expected, { count, rows: inHeader ? [] : rows });
  }
}

const EXPECTED: Record<Flaw, (fields: number) => string> = {
  fields: (fields) => `${fields} fields in each row, as the header has`,
  'line-end': () => 'the same line ends in the whole file',
  'bare-carriage-return': () => 'line feed, or carriage return and line feed, as line end',
  'unclosed-quote': () => 'a closing quote for each opening one',
  'text-after-quote': () => 'a comma or a line end after a closing quote',
  'too-long': () =>
    `rows of at most ${MAX_RECORD_BYTES / 1024 / 1024} MiB (a quote that is never closed makes one long row)`,
  'not-utf8': () => 'UTF-8; save the file as UTF-8 and drop it again',
  nul: () => 'text without NUL bytes',
};
