import { type FieldProblem, fieldPath, InvalidInputError, showValue } from '../errors.ts';
import type { Row } from '../expression/index.ts';
import { parseRows } from '../serve/parse-rows.ts';
import type { Signature } from '../serve/signature.ts';
import { DATATYPES, datatypesOf } from './datatype.ts';
import { outputTensors } from './model-metadata.ts';
import type { InferRequest } from './read-infer-request.ts';

const MAX_PROBLEMS = 20;

/**
 * The rows of a request as a model's version takes them, checked as those of `POST /v1/models/{model}/predict` are.
 * @throws InvalidInputError naming the first 20 wrong tensors or elements, and outputs that the model does not have
 */
export function requestRows(signature: Signature, request: InferRequest): Row[] {
  const problems = [...wrongInputs(signature, request), ...wrongOutputs(signature, request)];
  if (problems.length > 0) throw new InvalidInputError(problems.slice(0, MAX_PROBLEMS));
  const rows = Array.from({ length: request.rows }, (_, row) =>
    Object.fromEntries(request.inputs.map(({ name, elements }) => [name, elements[row]])),
  );
  try {
    return parseRows(signature, { rows });
  } catch (error) {
    if (error instanceof InvalidInputError) throw new InvalidInputError(error.problems.map(asElement));
    throw error;
  }
}

function wrongInputs(signature: Signature, { inputs }: InferRequest): FieldProblem[] {
  const columns = new Map([...signature.inputs, ...signature.carried].map((input) => [input.name, input]));
  const ignored = new Set(signature.ignored);
  const problems: FieldProblem[] = [];
  for (const { name, datatype } of inputs) {
    const column = columns.get(name);
    const accepted = column ? datatypesOf(column) : ignored.has(name) ? DATATYPES : [];
    const field = fieldPath(['inputs', name]);
    if (accepted.length === 0) {
      problems.push({ field, expected: 'an input that the model knows', got: showValue(name) });
    } else if (!accepted.includes(datatype)) {
      const expected = accepted.length === 1 ? String(accepted[0]) : `one of ${accepted.join(', ')}`;
      problems.push({ field: `${field}.datatype`, expected, got: showValue(datatype) });
    }
  }
  const sent = new Set(inputs.map(({ name }) => name));
  for (const [name, { optional }] of columns) {
    if (optional || sent.has(name)) continue;
    problems.push({ field: fieldPath(['inputs', name]), expected: 'an input tensor', got: 'nothing' });
  }
  return problems;
}

function wrongOutputs(signature: Signature, { outputs = [] }: InferRequest): FieldProblem[] {
  const known = outputTensors(signature).map(({ name }) => name);
  return outputs
    .filter(({ name }) => !known.includes(name))
    .map(({ name }) => ({
      field: fieldPath(['outputs', name]),
      expected: `one of ${known.join(', ')}`,
      got: showValue(name),
    }));
}

/** `rows[3].distance` -> `inputs.distance.data[3]`: where the caller put it. */
function asElement(problem: FieldProblem): FieldProblem {
  return { ...problem, field: problem.field.replace(/^rows\[(\d+)\](.+)$/s, 'inputs$2.data[$1]') };
}
