import { XgboostError } from './error.ts';

const numberBytes: Readonly<Record<string, number>> = { i: 1, U: 1, I: 2, l: 4, L: 8, d: 4, D: 8 };

/**
 * Refuses bytes that are not one whole UBJSON object: libxgboost reads past the end of a cut file
 * and allocates whatever a flipped length says, which ends the process. Source: ubjson.org, draft 12,
 * as far as XGBoost writes it (typed arrays, int64 lengths).
 * @throws XgboostError with the offset of the first byte that does not fit
 */
export function checkModelBytes(model: Uint8Array): void {
  const end = skipValue(model, 0, 0);
  if (byteAt(model, 0) !== '{' || end !== model.length) throw refused(end);
}

/** The offset after the value that starts at `offset`. */
function skipValue(model: Uint8Array, offset: number, depth: number): number {
  if (depth > 64) throw refused(offset); // a model nests 7 deep
  const type = byteAt(model, offset);
  const bytes = numberBytes[type];
  if (bytes !== undefined) return offset + 1 + bytes;
  if (type === 'S') return skipText(model, offset + 1);
  if (type === '[') return skipArray(model, offset + 1, depth);
  if (type === '{') return skipObject(model, offset + 1, depth);
  if (type === 'T' || type === 'F' || type === 'Z') return offset + 1;
  throw refused(offset);
}

function skipObject(model: Uint8Array, start: number, depth: number): number {
  let offset = start;
  while (byteAt(model, offset) !== '}') offset = skipValue(model, skipText(model, offset), depth + 1);
  return offset + 1;
}

function skipArray(model: Uint8Array, start: number, depth: number): number {
  let offset = start;
  if (byteAt(model, offset) === '$') {
    const bytes = numberBytes[byteAt(model, offset + 1)];
    if (bytes === undefined || byteAt(model, offset + 2) !== '#') throw refused(offset);
    return offset + 12 + bytes * lengthAt(model, offset + 3);
  }
  if (byteAt(model, offset) === '#') {
    const length = lengthAt(model, offset + 1);
    offset += 10;
    for (let item = 0; item < length; item++) offset = skipValue(model, offset, depth + 1);
    return offset;
  }
  while (byteAt(model, offset) !== ']') offset = skipValue(model, offset, depth + 1);
  return offset + 1;
}

function skipText(model: Uint8Array, offset: number): number {
  return offset + 9 + lengthAt(model, offset);
}

function lengthAt(model: Uint8Array, offset: number): number {
  if (byteAt(model, offset) !== 'L' || offset + 9 > model.length) throw refused(offset);
  const length = new DataView(model.buffer, model.byteOffset + offset + 1).getBigInt64(0);
  if (length < 0n) throw refused(offset);
  return Number(length);
}

/** A character that starts nothing past the end. */
function byteAt(model: Uint8Array, offset: number): string {
  return String.fromCharCode(model[offset] ?? 0);
}

function refused(offset: number): XgboostError {
  return new XgboostError(`model: expected one whole UBJSON object, got other bytes at offset ${offset}`);
}
