/** An input of a request, its elements as JSON has them. */
export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly values: readonly unknown[];
  /** Whether it goes behind the JSON. @default false */
  readonly binary?: boolean;
}

export interface InferBody {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A request as a client of the Open Inference Protocol writes it. */
export function inferBody(tensors: readonly Tensor[], more: object = {}): InferBody {
  const binary = tensors.map(({ datatype, values, binary }) =>
    binary ? tensorBytes(datatype, values) : undefined,
  );
  const inputs = tensors.map(({ name, datatype, values }, index) => ({
    name,
    datatype,
    shape: [values.length],
    ...(binary[index] ? { parameters: { binary_data_size: binary[index].length } } : { data: values }),
  }));
  return withBinary(
    { inputs, ...more },
    binary.flatMap((bytes) => bytes ?? []),
  );
}

/** A body of this JSON with these bytes behind it. */
export function withBinary(header: object, binary: readonly Uint8Array[]): InferBody {
  const json = Buffer.from(JSON.stringify(header));
  if (binary.length === 0) return { headers: { 'content-type': 'application/json' }, body: json };
  return {
    headers: {
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(json.length),
    },
    body: Buffer.concat([json, ...binary]),
  };
}

/** The elements as the binary tensor extension has them; null as NaN. */
export function tensorBytes(datatype: string, values: readonly unknown[]): Uint8Array {
  switch (datatype) {
    case 'BOOL':
      return Uint8Array.from(values, Number);
    case 'BYTES':
      return Buffer.concat(
        values.flatMap((value) => {
          const text = typeof value === 'string' ? Buffer.from(value) : (value as Uint8Array);
          return [bytesOf(Uint32Array.of(text.length)), text];
        }),
      );
    case 'INT64':
      return bytesOf(BigInt64Array.from(values as bigint[], BigInt));
    case 'UINT64':
      return bytesOf(BigUint64Array.from(values as bigint[], BigInt));
  }
  const numbers = values.map((value) => (value === null ? Number.NaN : Number(value)));
  return bytesOf(new ARRAYS[datatype as keyof typeof ARRAYS](numbers));
}

// Typed arrays have the machine's byte order: little endian wherever tests run.
const ARRAYS = {
  FP64: Float64Array,
  FP32: Float32Array,
  INT32: Int32Array,
  INT16: Int16Array,
  INT8: Int8Array,
  UINT32: Uint32Array,
  UINT16: Uint16Array,
  UINT8: Uint8Array,
};

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
