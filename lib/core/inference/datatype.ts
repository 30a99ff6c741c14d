import type { InputColumn } from '../serve/signature.ts';

/** How elements of a number type lie in a binary tensor (little endian), and what they can be. */
interface NumberFormat {
  readonly bytes: number;
  readonly read: (view: DataView, offset: number) => number;
  /** The element that a JSON number becomes; undefined when the type cannot hold it. */
  readonly hold: (value: number) => number | undefined;
}

/** FP16 and BF16 have no form in JSON that clients agree on, and are left out. */
export const NUMBERS = {
  FP64: { bytes: 8, read: (view, at) => view.getFloat64(at, true), hold: (value) => value },
  FP32: {
    bytes: 4,
    read: (view, at) => view.getFloat32(at, true),
    hold: (value) => (Number.isFinite(Math.fround(value)) ? Math.fround(value) : undefined),
  },
  // Beyond 2^53 a number no longer says which whole number was meant.
  INT64: {
    bytes: 8,
    read: (view, at) => Number(view.getBigInt64(at, true)),
    hold: whole(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  },
  INT32: { bytes: 4, read: (view, at) => view.getInt32(at, true), hold: whole(-(2 ** 31), 2 ** 31 - 1) },
  INT16: { bytes: 2, read: (view, at) => view.getInt16(at, true), hold: whole(-(2 ** 15), 2 ** 15 - 1) },
  INT8: { bytes: 1, read: (view, at) => view.getInt8(at), hold: whole(-(2 ** 7), 2 ** 7 - 1) },
  UINT64: {
    bytes: 8,
    read: (view, at) => Number(view.getBigUint64(at, true)),
    hold: whole(0, Number.MAX_SAFE_INTEGER),
  },
  UINT32: { bytes: 4, read: (view, at) => view.getUint32(at, true), hold: whole(0, 2 ** 32 - 1) },
  UINT16: { bytes: 2, read: (view, at) => view.getUint16(at, true), hold: whole(0, 2 ** 16 - 1) },
  UINT8: { bytes: 1, read: (view, at) => view.getUint8(at), hold: whole(0, 2 ** 8 - 1) },
} satisfies Record<string, NumberFormat>;

export type NumberType = keyof typeof NUMBERS;

/** Element types of the Open Inference Protocol that can carry a column. */
export type Datatype = NumberType | 'BOOL' | 'BYTES';

export const DATATYPES: readonly Datatype[] = [...(Object.keys(NUMBERS) as NumberType[]), 'BOOL', 'BYTES'];

/** The types that a column's tensor may have; the first is the one that the model's page names. */
export function datatypesOf({ column, optional }: InputColumn): readonly Datatype[] {
  switch (column.type) {
    case 'number':
      // A whole number cannot be missing in a binary tensor: only NaN can say that.
      return column.integer && !optional
        ? ['INT64', ...DATATYPES.filter((type) => type !== 'INT64' && type in NUMBERS)]
        : DATATYPES.filter((type) => type in NUMBERS);
    case 'boolean':
      return ['BOOL'];
    case 'text':
    case 'timestamp':
      return ['BYTES'];
  }
}

function whole(min: number, max: number): NumberFormat['hold'] {
  return (value) => (Number.isInteger(value) && value >= min && value <= max ? value : undefined);
}
