import type { FileFormat, Problem } from '#core/data/report.ts';
import { problem } from '#core/data/report.ts';

export type Recognised = { readonly format: FileFormat } | { readonly refused: Problem };

const KNOWN_OTHERS: readonly (readonly [magic: string, name: string])[] = [
  ['PARE', 'an encrypted Parquet file'],
  ['PK\x03\x04', 'a ZIP archive or an Excel workbook'],
  ['\x1f\x8b', 'a gzip file'],
  ['\x28\xb5\x2f\xfd', 'a zstd file'],
  ['BZh', 'a bzip2 file'],
  ['7z\xbc\xaf', 'a 7-Zip archive'],
  ['%PDF', 'a PDF document'],
  ['\x89PNG', 'a PNG image'],
  ['\xff\xd8\xff', 'a JPEG image'],
  ['\xd0\xcf\x11\xe0', 'an old Excel workbook'],
  ['Obj\x01', 'an Avro file'],
  ['ORC', 'an ORC file'],
  ['SQLite format 3\0', 'an SQLite database'],
];

const OURS = 'a CSV, Parquet or JSON Lines file';
const UTF_8 = 'UTF-8; save the file as UTF-8 and drop it again';

/**
 * Tells what a file is by its first bytes; its name says nothing.
 * @param head the first bytes, at most some thousands
 */
export function recogniseFormat(head: Buffer): Recognised {
  const start = head.toString('latin1');
  if (start.startsWith('PAR1')) return { format: 'parquet' };
  if (/^(\xff\xfe|\xfe\xff|\0\0\xfe\xff)/.test(start))
    return refuse('encoding', `${UTF_8}, found UTF-16 or UTF-32`);
  const other = KNOWN_OTHERS.find(([magic]) => start.startsWith(magic));
  if (other) return refuse('format', `${OURS}, found ${other[1]}`);
  if (looksLikeUtf16(head)) return refuse('encoding', `${UTF_8}, found what looks like UTF-16`);
  if (looksBinary(head)) return refuse('format', `${OURS}, found binary data`);
  const text = start.replace(/^\xef\xbb\xbf/, '').trimStart();
  if (text === '') return refuse('empty', 'at least one row of data');
  if (text.startsWith('['))
    return refuse('format', 'one JSON object a line (JSON Lines), found a JSON array');
  return { format: text.startsWith('{') ? 'jsonl' : 'csv' };
}

function refuse(rule: 'encoding' | 'format' | 'empty', expected: string): Recognised {
  return { refused: problem(rule, expected) };
}

/** Latin letters in UTF-16 have NUL as every second byte. */
function looksLikeUtf16(head: Buffer): boolean {
  const nuls = [0, 0];
  for (const [at, byte] of head.entries()) {
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = nuls;
  return Math.max(even, odd) > head.length * 0.3 && Math.min(even, odd) < head.length * 0.05;
}

function looksBinary(head: Buffer): boolean {
  const controls = head.filter(
    (byte) => byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d,
  ).length;
  return controls > head.length * 0.05 && controls > 4;
}
