import { isUtf8 } from 'node:buffer';
import { readCsvRecord } from './duckdb/csv-record.ts';

/** A record of a text file: the line (from 1) that it starts in, its fields, and what it would have to be, if wrong. */
export interface TextRecord {
  readonly line: number;
  readonly fields: readonly string[];
  readonly flaw: string | null;
}

/** Finds the end of the record that starts at `start`; null when it goes on beyond `bytes`. */
type FindRecord = (
  bytes: Buffer,
  start: number,
  atEnd: boolean,
) => (Omit<TextRecord, 'line'> & { readonly next: number }) | null;

/** Longer ones are not looked at: whoever reads must hold a record in memory. */
const MAX_RECORD_BYTES = 65_536;
const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The records of a stream, without the empty ones. One that is too long ends them. */
export async function* readRecords(
  chunks: AsyncIterable<Buffer>,
  find: FindRecord,
): AsyncGenerator<TextRecord> {
  let line = 1;
  for await (const { bytes, atEnd, keep } of joined(chunks)) {
    let start = line === 1 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    while (start < bytes.length) {
      const record = find(bytes, start, atEnd);
      if ((record?.next ?? bytes.length) - start > MAX_RECORD_BYTES) {
        yield { line, fields: [], flaw: `a record of at most ${MAX_RECORD_BYTES} bytes` };
        return;
      }
      if (!record) break;
      const raw = bytes.subarray(start, record.next);
      const isEmpty = record.fields.length === 1 && record.fields[0]?.trim() === '';
      if (!isUtf8(raw)) yield { line, fields: [], flaw: 'UTF-8' };
      else if (!isEmpty || record.flaw) yield { line, fields: record.fields, flaw: record.flaw };
      line += linesOf(raw);
      start = record.next;
    }
    keep(start);
  }
}

/** A line of JSON Lines. */
export const jsonRecord: FindRecord = (bytes, start, atEnd) => {
  const end = bytes.indexOf(LF, start);
  if (end === -1 && !atEnd) return null;
  const next = end === -1 ? bytes.length : end + 1;
  return { next, fields: [bytes.toString('utf8', start, next)], flaw: null };
};

/** A record of a CSV file. */
export const csvRecord: FindRecord = (bytes, start, atEnd) => {
  const fields: string[] = [];
  const record = readCsvRecord(bytes, start, atEnd, fields);
  return (
    record && {
      next: record.next,
      fields,
      flaw: record.flaw && `CSV without ${record.flaw.replaceAll('-', ' ')}`,
    }
  );
};

/** Chunks, each after what was left of those before it, and at last the rest with `atEnd`. */
async function* joined(chunks: AsyncIterable<Buffer>) {
  let rest: Buffer = Buffer.alloc(0);
  const given = (bytes: Buffer, atEnd: boolean) => ({
    bytes,
    atEnd,
    keep: (from: number) => {
      rest = bytes.subarray(from);
    },
  });
  for await (const chunk of chunks) yield given(Buffer.concat([rest, chunk]), false);
  yield given(rest, true);
}

function linesOf(raw: Buffer): number {
  let lines = 0;
  for (let at = raw.indexOf(LF); at !== -1; at = raw.indexOf(LF, at + 1)) lines++;
  return lines;
}
