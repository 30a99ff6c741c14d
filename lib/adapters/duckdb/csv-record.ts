const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const LF = 0x0a;
const CR = 0x0d;

/** One record of a CSV file, as the engine would read it. */
export interface CsvRecord {
  /** Where the next record starts. */
  readonly next: number;
  readonly fields: number;
  readonly lineEnd: 'lf' | 'crlf' | 'none';
  /** The first thing that is wrong with it. */
  readonly flaw: CsvFlaw | null;
}

export type CsvFlaw = 'unclosed-quote' | 'text-after-quote' | 'bare-carriage-return';

/**
 * Reads the record that starts at `start`. RFC 4180, and as the engine does: a quote opens only at the start of a
 * field or after one space, and spaces after the closing one are not part of the field.
 * @param atEnd whether the file ends with `bytes`
 * @param values receives the fields' texts
 * @returns null when the record goes on beyond `bytes`
 */
export function readCsvRecord(
  bytes: Buffer,
  start: number,
  atEnd: boolean,
  values?: string[],
): CsvRecord | null {
  let flaw: CsvFlaw | null = null;
  let fields = 0;
  let at = start;
  while (true) {
    fields += 1;
    const fieldStart = at;
    if (bytes[at] === SPACE && bytes[at + 1] === QUOTE) at += 1;
    if (bytes[at] === QUOTE) {
      const close = closingQuote(bytes, at);
      if (close === -1) {
        return atEnd ? { next: bytes.length, fields, lineEnd: 'none', flaw: flaw ?? 'unclosed-quote' } : null;
      }
      values?.push(bytes.toString('utf8', at + 1, close).replaceAll('""', '"'));
      at = close + 1;
      while (bytes[at] === SPACE) at += 1;
      if (at < bytes.length && !endsField(bytes[at] as number)) flaw ??= 'text-after-quote';
    }
    while (at < bytes.length && !endsField(bytes[at] as number)) at += 1;
    while (bytes[at] === CR && bytes[at + 1] !== LF && at + 1 < bytes.length) {
      flaw ??= 'bare-carriage-return';
      at += 1;
      while (at < bytes.length && !endsField(bytes[at] as number)) at += 1;
    }
    if (values && values.length < fields) values.push(bytes.toString('utf8', fieldStart, at));
    if (at >= bytes.length || (bytes[at] === CR && at + 1 >= bytes.length)) {
      return atEnd ? { next: bytes.length, fields, lineEnd: 'none', flaw } : null;
    }
    if (bytes[at] === LF) return { next: at + 1, fields, lineEnd: 'lf', flaw };
    if (bytes[at] === CR) return { next: at + 2, fields, lineEnd: 'crlf', flaw };
    at += 1;
  }
}

function closingQuote(bytes: Buffer, opening: number): number {
  let at = bytes.indexOf(QUOTE, opening + 1);
  while (at !== -1 && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
  return at;
}

function endsField(byte: number): boolean {
  return byte === COMMA || byte === LF || byte === CR;
}
