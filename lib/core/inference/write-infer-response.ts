import type { PredictionAnswer } from '../serve/answer.ts';
import type { Signature } from '../serve/signature.ts';
import { outputTensors, type TensorMetadata } from './model-metadata.ts';
import type { InferRequest } from './read-infer-request.ts';

/** A body of the protocol: JSON, and behind it the binary tensors. */
export interface InferBody {
  readonly bytes: Uint8Array;
  /** Bytes of the JSON; absent when nothing is binary. */
  readonly headerLength?: number;
}

type Element = number | string | boolean;

const UTF8 = new TextEncoder();

/**
 * The answer as the protocol says it: the outputs asked for, in that order.
 * Source: Open Inference Protocol v2, REST, and Triton's binary tensor data extension.
 * @param request what `readInferRequest` read
 */
export function writeInferResponse(
  signature: Signature,
  { id, outputs, binaryOutput }: InferRequest,
  answer: PredictionAnswer,
): InferBody {
  const tensors = outputTensors(signature);
  const asked = outputs ?? tensors.map(({ name }) => ({ name, binary: binaryOutput }));
  const binary: Uint8Array[] = [];
  const written = asked.map((output) => {
    const { shape, ...tensor } = tensors.find(({ name }) => name === output.name) as TensorMetadata;
    const elements = elementsOf(tensor.name, signature, answer);
    const head = {
      ...tensor,
      shape: shape.map((length) => (length === -1 ? answer.predictions.length : length)),
    };
    if (!output.binary) return { ...head, data: elements };
    const bytes = toBytes(tensor.datatype, elements);
    binary.push(bytes);
    return { ...head, parameters: { ...tensor.parameters, binary_data_size: bytes.length } };
  });
  const header = UTF8.encode(
    JSON.stringify({
      model_name: answer.model,
      model_version: String(answer.version),
      ...(id !== undefined && { id }),
      parameters: { prediction_id: answer.predictionId },
      outputs: written,
    }),
  );
  if (binary.length === 0) return { bytes: header };
  return { bytes: concatenate([header, ...binary]), headerLength: header.length };
}

function elementsOf(
  name: string,
  { classes = [] }: Signature,
  { version, predictions }: PredictionAnswer,
): Element[] {
  if (name === 'version') return predictions.map((row) => row.version ?? version);
  return predictions.flatMap((row) => {
    const element = (row as unknown as Readonly<Record<string, Element | Record<string, number>>>)[name];
    if (typeof element !== 'object') return element as Element;
    // A challenger that answers some rows may have learned other classes.
    return classes.map((label) => (Object.hasOwn(element, label) ? (element[label] as number) : 0));
  });
}

/** Of the types that outputs have. */
function toBytes(datatype: TensorMetadata['datatype'], elements: readonly Element[]): Uint8Array {
  if (datatype === 'BYTES')
    return concatenate(elements.flatMap((text) => withLength(UTF8.encode(text as string))));
  if (datatype === 'BOOL') return Uint8Array.from(elements, Number);
  const width = datatype === 'FP32' ? 4 : 8;
  const bytes = new Uint8Array(elements.length * width);
  const view = new DataView(bytes.buffer);
  for (const [index, element] of elements.entries()) {
    if (datatype === 'FP32') view.setFloat32(index * width, element as number, true);
    else if (datatype === 'INT64') view.setBigInt64(index * width, BigInt(element as number), true);
    else view.setFloat64(index * width, element as number, true);
  }
  return bytes;
}

function withLength(bytes: Uint8Array): Uint8Array[] {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  return [length, bytes];
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
