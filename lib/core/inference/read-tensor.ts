import { fieldPath, InvalidInputError, showValue } from '../errors.ts';
import { type Datatype, NUMBERS } from './datatype.ts';

/** A tensor's elements as JSON has them: NaN, which says that a value is missing, as null. */
export type Elements = readonly unknown[];

/** One column of a request, as it was sent. */
export interface Column {
  readonly name: string;
  readonly datatype: Datatype;
  readonly elements: Elements;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** The bytes before each element of BYTES that say how long it is. */
const PREFIX = 4;

/**
 * The elements of a tensor given as JSON. Elements of a kind that the datatype does not have are left as they are:
 * whoever knows the column says what was expected.
 * @param data one element a row, or one list of one element a row when the shape says so
 * @throws InvalidInputError when there are not as many as the shape says, or one does not fit the datatype
 */
export function elementsFromJson(
  name: string,
  datatype: Datatype,
  shape: readonly number[],
  data: unknown,
): Elements {
  const rows = shape[0] as number;
  if (!Array.isArray(data)) throw wrong([name, 'data'], 'an array', show(data));
  if (data.length !== rows) {
    throw wrong([name, 'data'], `${rows} values, as its shape says`, `${data.length} values`);
  }
  const nested = shape.length === 2;
  return data.map((given: unknown, row) => {
    const value = nested && Array.isArray(given) && given.length === 1 ? given[0] : given;
    if (typeof value !== 'number' || !isNumberType(datatype)) return value;
    const held = NUMBERS[datatype].hold(value);
    if (held === undefined)
      throw wrong([name, 'data', row], `a value that ${datatype} can hold`, showValue(value));
    return held;
  });
}

/**
 * The elements of a binary tensor: little endian, without padding; BYTES with a length of four bytes before each.
 * Source: Triton's binary tensor data extension.
 * @throws InvalidInputError when there are not as many bytes as the shape says, or they say nothing
 */
export function elementsFromBytes(
  name: string,
  datatype: Datatype,
  rows: number,
  bytes: Uint8Array,
): Elements {
  if (datatype === 'BYTES') return texts(name, rows, bytes);
  const width = isNumberType(datatype) ? NUMBERS[datatype].bytes : 1;
  if (bytes.length !== rows * width) {
    throw wrong([name], `${rows * width} bytes (${rows} values of ${datatype})`, `${bytes.length} bytes`);
  }
  const view = viewOf(bytes);
  return Array.from({ length: rows }, (_, row) => {
    if (!isNumberType(datatype)) return truth(name, row, bytes[row] as number);
    const value = NUMBERS[datatype].read(view, row * width);
    if (Number.isNaN(value)) return null;
    if (datatype.startsWith('FP') || NUMBERS[datatype].hold(value) !== undefined) return value;
    throw wrong([name, 'data', row], 'a whole number within 2^53 of zero', showValue(value));
  });
}

function texts(name: string, rows: number, bytes: Uint8Array): Elements {
  const view = viewOf(bytes);
  let offset = 0;
  const elements = Array.from({ length: rows }, (_, row) => {
    const left = bytes.length - offset - PREFIX;
    if (left < 0) throw wrong([name, 'data', row], 'the four bytes of its length', `${left + PREFIX} bytes`);
    const length = view.getUint32(offset, true);
    if (length > left)
      throw wrong([name, 'data', row], `${length} bytes, as its length says`, `${left} bytes`);
    offset += PREFIX + length;
    return text(name, row, bytes.subarray(offset - length, offset));
  });
  if (offset === bytes.length) return elements;
  throw wrong([name], `${offset} bytes (${rows} values of BYTES)`, `${bytes.length} bytes`);
}

function text(name: string, row: number, bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    throw wrong([name, 'data', row], 'text in UTF-8', `${bytes.length} bytes that are none`);
  }
}

function truth(name: string, row: number, byte: number): boolean {
  if (byte > 1) throw wrong([name, 'data', row], 'a byte 1 (true) or 0 (false)', String(byte));
  return byte === 1;
}

function isNumberType(datatype: Datatype): datatype is keyof typeof NUMBERS {
  return datatype in NUMBERS;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** @param path below `inputs` */
export function wrong(path: readonly PropertyKey[], expected: string, got: string): InvalidInputError {
  return new InvalidInputError([{ field: fieldPath(['inputs', ...path]), expected, got }]);
}

export function show(value: unknown): string {
  return value === undefined ? 'nothing' : showValue(value);
}
