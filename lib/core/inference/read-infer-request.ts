import { type FieldProblem, fieldPath, InvalidInputError, showValue } from '../errors.ts';
import { MAX_ROWS } from '../serve/parse-rows.ts';
import { DATATYPES, type Datatype } from './datatype.ts';
import { type Column, elementsFromBytes, elementsFromJson, show, wrong } from './read-tensor.ts';

/** An output that a request asks for. */
export interface RequestedOutput {
  readonly name: string;
  /** Whether it goes behind the JSON, in binary. */
  readonly binary: boolean;
}

/** A request of the Open Inference Protocol, read but not yet judged by a model's signature. */
export interface InferRequest {
  /** The caller's name for it: the answer and the log repeat it. */
  readonly id?: string;
  readonly rows: number;
  readonly inputs: readonly Column[];
  /** Absent: all of the model's. */
  readonly outputs?: readonly RequestedOutput[];
  /** Whether outputs are binary when nothing is said of them one by one. */
  readonly binaryOutput: boolean;
}

const MAX_PROBLEMS = 20;
const MAX_ID_LENGTH = 128;
/** `model_name` is what some clients repeat from the path. */
const MEMBERS = ['id', 'parameters', 'inputs', 'outputs', 'model_name'];

type Parameters = Readonly<Record<string, unknown>>;

/**
 * Source: Open Inference Protocol v2, REST, and Triton's binary tensor data extension.
 * @param header the JSON of the body
 * @param binary what follows it: the binary tensors, one after another
 * @throws InvalidInputError naming up to 20 wrong fields, their values and what was expected
 */
export function readInferRequest(header: unknown, binary: Uint8Array): InferRequest {
  const request = record([], header);
  const problems: FieldProblem[] = [];
  collect(problems, () => requireOnly([], request, MEMBERS));
  const id = collect(problems, () => readId(request.id ?? undefined));
  const parameters = collect(problems, () => readParameters(['parameters'], request.parameters)) ?? {};
  const binaryOutput =
    collect(problems, () => flag(['parameters', 'binary_data_output'], parameters.binary_data_output)) ??
    false;
  const outputs = collect(problems, () => readOutputs(request.outputs, binaryOutput));
  const inputs = readInputs(request.inputs, binary, problems);
  if (problems.length > 0) throw new InvalidInputError(problems);
  return {
    ...(id !== undefined && { id }),
    rows: inputs[0]?.elements.length ?? 0,
    inputs,
    ...(outputs && { outputs }),
    binaryOutput,
  };
}

function readInputs(given: unknown, binary: Uint8Array, problems: FieldProblem[]): Column[] {
  if (!Array.isArray(given) || given.length === 0) {
    problems.push(problem(['inputs'], 'an array with at least one input tensor', given));
    return [];
  }
  const heads = readHeads(given, problems);
  if (problems.length > 0) return []; // nobody knows whose the bytes are
  const columns: Column[] = [];
  let offset = 0;
  for (const head of heads) {
    const bytes = binary.subarray(offset, offset + (head.binarySize ?? 0));
    offset += head.binarySize ?? 0;
    const elements = collect(problems, () => readElements(head, bytes));
    if (elements) columns.push({ name: head.name, datatype: head.datatype, elements });
    if (problems.length >= MAX_PROBLEMS) return columns;
  }
  if (offset < binary.length) {
    const expected = `${offset} bytes behind the JSON, as the inputs' binary_data_size say together`;
    problems.push({ field: 'inputs', expected, got: `${binary.length} bytes` });
  }
  return columns;
}

function readHeads(given: readonly unknown[], problems: FieldProblem[]): TensorHead[] {
  const heads = new Map<string, TensorHead>();
  for (const [index, tensor] of given.entries()) {
    collect(problems, () => {
      const head = readHead(index, tensor);
      if (heads.has(head.name))
        throw wrong([index, 'name'], 'an input that is named once', showValue(head.name));
      const [first = head] = heads.values();
      heads.set(head.name, head);
      if (head.shape[0] === first.shape[0]) return;
      const expected = `${first.shape[0]} rows, as ${fieldPath(['inputs', first.name])} has`;
      throw wrong([head.name, 'shape'], expected, `${head.shape[0]} rows`);
    });
    if (problems.length >= MAX_PROBLEMS) break;
  }
  return [...heads.values()];
}

interface TensorHead {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: unknown;
  readonly binarySize: number | undefined;
}

function readHead(index: number, given: unknown): TensorHead {
  const tensor = record(['inputs', index], given);
  const { name, shape, datatype, data } = tensor;
  if (typeof name !== 'string') throw wrong([index, 'name'], 'the name of an input', show(name));
  requireOnly(['inputs', name], tensor, ['name', 'shape', 'datatype', 'parameters', 'data']);
  if (!DATATYPES.includes(datatype as Datatype)) {
    throw wrong([name, 'datatype'], `one of ${DATATYPES.join(', ')}`, show(datatype));
  }
  if (!isColumn(shape)) {
    throw wrong([name, 'shape'], `[rows] or [rows, 1] with 1 to ${MAX_ROWS} rows`, show(shape));
  }
  const path = ['inputs', name, 'parameters'];
  const parameters = readParameters(path, tensor.parameters);
  requireOnly(path, parameters, ['binary_data_size']);
  const { binary_data_size: size } = parameters;
  if (size !== undefined && !(Number.isSafeInteger(size) && (size as number) >= 0)) {
    throw wrong([name, 'parameters', 'binary_data_size'], 'a number of bytes', show(size));
  }
  if (size !== undefined && data !== undefined) {
    throw wrong([name], 'either data or binary_data_size', 'both');
  }
  return { name, datatype: datatype as Datatype, shape, data, binarySize: size as number | undefined };
}

function readElements(
  { name, datatype, shape, data, binarySize }: TensorHead,
  bytes: Uint8Array,
): Column['elements'] {
  if (binarySize === undefined) return elementsFromJson(name, datatype, shape, data);
  if (bytes.length === binarySize) return elementsFromBytes(name, datatype, shape[0] as number, bytes);
  const expected = `the ${binarySize} bytes of its binary_data_size behind the JSON`;
  throw wrong([name], expected, `${bytes.length} bytes`);
}

/** A tensor with one value a row. */
function isColumn(shape: unknown): shape is readonly number[] {
  if (!Array.isArray(shape) || shape.length < 1 || shape.length > 2) return false;
  const [rows, width = 1] = shape as unknown[];
  return Number.isInteger(rows) && (rows as number) >= 1 && (rows as number) <= MAX_ROWS && width === 1;
}

function readOutputs(given: unknown, binaryOutput: boolean): RequestedOutput[] | undefined {
  if ((given ?? null) === null || (Array.isArray(given) && given.length === 0)) return undefined;
  if (!Array.isArray(given)) throw invalid(['outputs'], 'an array of outputs', given);
  const names = new Set<string>();
  return given.map((entry: unknown, index) => {
    const output = record(['outputs', index], entry);
    const { name } = output;
    if (typeof name !== 'string') throw invalid(['outputs', index, 'name'], 'the name of an output', name);
    if (names.has(name)) throw invalid(['outputs', index, 'name'], 'an output that is named once', name);
    names.add(name);
    requireOnly(['outputs', name], output, ['name', 'parameters']);
    const path = ['outputs', name, 'parameters'];
    const parameters = readParameters(path, output.parameters);
    requireOnly(path, parameters, ['binary_data']);
    return { name, binary: flag([...path, 'binary_data'], parameters.binary_data) ?? binaryOutput };
  });
}

function readId(id: unknown): string | undefined {
  if (id === undefined || (typeof id === 'string' && id.length <= MAX_ID_LENGTH && id.isWellFormed()))
    return id;
  throw invalid(['id'], `text of at most ${MAX_ID_LENGTH} characters`, id);
}

function readParameters(path: readonly PropertyKey[], given: unknown): Parameters {
  return record(path, given ?? {});
}

function flag(path: readonly PropertyKey[], value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  throw invalid(path, 'true or false', value);
}

function record(path: readonly PropertyKey[], value: unknown): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw invalid(path, 'an object', value);
}

function requireOnly(path: readonly PropertyKey[], given: Parameters, known: readonly string[]): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw invalid([...path, unknown], `no such field (known are ${known.join(', ')})`, given[unknown]);
  }
}

/** What `read` gives; undefined when it found a problem, which goes to the others. */
function collect<T>(problems: FieldProblem[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function invalid(path: readonly PropertyKey[], expected: string, value: unknown): InvalidInputError {
  return new InvalidInputError([problem(path, expected, value)]);
}

function problem(path: readonly PropertyKey[], expected: string, value: unknown): FieldProblem {
  return { field: fieldPath(path), expected, got: show(value) };
}
