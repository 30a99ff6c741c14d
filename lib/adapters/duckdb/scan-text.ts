import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { ROWS_NAMED } from '#core/data/report.ts';
import { type CsvRecord, readCsvRecord } from './csv-record.ts';

/** Longest record, in bytes: what the engine is asked to buffer. */
export const MAX_RECORD_BYTES = 8 * 1024 * 1024;
/** Broken records that are cut out before the rest is judged; with more, only the structure is reported. */
const MAX_CUTS = 10_000;
const BLOCK_BYTES = 1024 * 1024;
const NUL = 0;

export type Flaw = NonNullable<CsvRecord['flaw']> | 'fields' | 'line-end' | 'not-utf8' | 'nul' | 'too-long';

/** What a pass over the bytes of a text file finds, before any engine sees it. */
export interface TextScan {
  readonly byteOrderMark: boolean;
  /** Column names of a CSV file. */
  readonly header: readonly string[];
  readonly rows: number;
  /** Broken records by what is wrong: how many, and the first row numbers (0 is the header). */
  readonly flaws: ReadonlyMap<Flaw, { count: number; rows: number[] }>;
  /** Row numbers of the broken records, ascending. */
  readonly brokenRows: readonly number[];
  /** Where the broken records stand, and blank lines that the engine would stumble over. */
  readonly cuts: readonly Cut[];
  /** Whether the whole file was read, so that `cuts` are all there are. */
  readonly complete: boolean;
}

/** Byte offsets in a file, end excluded. */
export interface Cut {
  readonly start: number;
  readonly end: number;
}

/**
 * Walks a text file record by record in constant memory: finds bytes that are not UTF-8, NUL, and for CSV rows
 * that do not have the header's fields, with exact row numbers. Blank lines are no rows (a single-column CSV
 * file's blank line is a row without a value).
 * @param maxRows where to stop
 */
export function scanText(path: string, format: 'csv' | 'jsonl', maxRows: number): TextScan {
  const scanner = new Scanner(format, maxRows);
  const file = openSync(path, 'r');
  try {
    let pending: Buffer = Buffer.alloc(0);
    while (!scanner.stopped) {
      const block = Buffer.allocUnsafe(BLOCK_BYTES);
      const length = readSync(file, block, 0, BLOCK_BYTES, null);
      pending = Buffer.concat([pending, block.subarray(0, length)]);
      const used = scanner.read(pending, length === 0);
      pending = pending.subarray(used);
      if (length === 0) break;
      if (pending.length > MAX_RECORD_BYTES) scanner.stopAtLongRecord();
    }
  } finally {
    closeSync(file);
  }
  return scanner;
}

class Scanner implements TextScan {
  byteOrderMark = false;
  header: string[] = [];
  rows = 0;
  readonly flaws = new Map<Flaw, { count: number; rows: number[] }>();
  readonly brokenRows: number[] = [];
  readonly cuts: Cut[] = [];
  stopped = false;
  #headerRead: boolean;
  #lineEnd: CsvRecord['lineEnd'] = 'none';
  #offset = 0;
  readonly #format: 'csv' | 'jsonl';
  readonly #maxRows: number;

  constructor(format: 'csv' | 'jsonl', maxRows: number) {
    this.#format = format;
    this.#maxRows = maxRows;
    this.#headerRead = format === 'jsonl';
  }

  get complete(): boolean {
    return !this.stopped;
  }

  /** Takes the whole records at the start of `bytes`; returns how many bytes they are. */
  read(bytes: Buffer, atEnd: boolean): number {
    let at = 0;
    if (this.#offset === 0 && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) {
      this.byteOrderMark = true;
      at = 3;
    }
    const suspicious = bytes.includes(NUL) || !isUtf8(bytes);
    while (at < bytes.length && !this.stopped) {
      const record = this.#format === 'csv' ? readCsvRecord(bytes, at, atEnd) : readLine(bytes, at, atEnd);
      if (record === null) break;
      this.#take(bytes, at, record, suspicious);
      at = record.next;
    }
    this.#offset += at;
    return at;
  }

  stopAtLongRecord(): void {
    this.#note('too-long', this.#headerRead ? this.rows + 1 : 0);
    this.stopped = true;
  }

  #take(bytes: Buffer, start: number, record: CsvRecord, suspicious: boolean): void {
    const cut = { start: this.#offset + start, end: this.#offset + record.next };
    if (this.header.length !== 1 && isBlank(bytes, start, record.next)) {
      if (!this.#headerRead || this.#differsInLineEnd(record)) this.cuts.push(cut);
      return;
    }
    const flaw = this.#flawOf(bytes.subarray(start, record.next), record, suspicious);
    if (!this.#headerRead) {
      this.#headerRead = true;
      this.#lineEnd = record.lineEnd;
      readCsvRecord(bytes, start, true, this.header);
      if (flaw) {
        this.#note(flaw, 0);
        this.stopped = true;
      }
      return;
    }
    this.rows += 1;
    if (flaw) {
      this.#note(flaw, this.rows);
      this.brokenRows.push(this.rows);
      this.cuts.push(cut);
    }
    this.stopped = this.rows > this.#maxRows || this.cuts.length > MAX_CUTS || flaw === 'unclosed-quote';
  }

  #flawOf(bytes: Buffer, record: CsvRecord, suspicious: boolean): Flaw | null {
    if (bytes.length > MAX_RECORD_BYTES) return 'too-long';
    if (suspicious && !isUtf8(bytes)) return 'not-utf8';
    if (suspicious && bytes.includes(NUL)) return 'nul';
    if (record.flaw) return record.flaw;
    if (this.#format === 'jsonl' || !this.#headerRead) return null;
    if (record.fields !== this.header.length) return 'fields';
    return this.#differsInLineEnd(record) ? 'line-end' : null;
  }

  #differsInLineEnd({ lineEnd }: CsvRecord): boolean {
    return this.#format === 'csv' && lineEnd !== 'none' && lineEnd !== this.#lineEnd;
  }

  #note(flaw: Flaw, row: number): void {
    const found = this.flaws.get(flaw) ?? { count: 0, rows: [] };
    found.count += 1;
    if (found.rows.length < ROWS_NAMED) found.rows.push(row);
    this.flaws.set(flaw, found);
  }
}

function readLine(bytes: Buffer, start: number, atEnd: boolean): CsvRecord | null {
  const lineFeed = bytes.indexOf(0x0a, start);
  if (lineFeed === -1) return atEnd ? { next: bytes.length, fields: 1, lineEnd: 'none', flaw: null } : null;
  return { next: lineFeed + 1, fields: 1, lineEnd: 'lf', flaw: null };
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    if (bytes[at] !== 0x0a && bytes[at] !== 0x0d) return false;
  }
  return true;
}
