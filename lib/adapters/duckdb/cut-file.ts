import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import type { Cut } from './scan-text.ts';

const BLOCK_BYTES = 1024 * 1024;

/** Copies a file without some ranges of bytes. */
export function copyWithout(from: string, to: string, cuts: readonly Cut[]): void {
  const source = openSync(from, 'r');
  const target = openSync(to, 'w');
  try {
    let start = 0;
    for (const cut of cuts) {
      copyRange(source, target, start, cut.start);
      start = cut.end;
    }
    copyRange(source, target, start, Number.POSITIVE_INFINITY);
  } finally {
    closeSync(source);
    closeSync(target);
  }
}

/** Turns row numbers of a copy into those of the file that it was made from, which had these rows besides. */
export function rowsBeforeCuts(rows: readonly number[], cutRows: readonly number[]): number[] {
  return rows.map((row) => {
    let original = row;
    for (const cut of cutRows) {
      if (cut > original) break;
      original += 1;
    }
    return original;
  });
}

function copyRange(source: number, target: number, start: number, end: number): void {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let at = start;
  while (at < end) {
    const length = readSync(source, block, 0, Math.min(BLOCK_BYTES, end - at), at);
    if (length === 0) return;
    writeSync(target, block, 0, length);
    at += length;
  }
}
