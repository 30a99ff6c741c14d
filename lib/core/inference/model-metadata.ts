import { expectation } from '../serve/parse-rows.ts';
import type { Signature } from '../serve/signature.ts';
import { type Datatype, datatypesOf } from './datatype.ts';

/** What the protocol tells of a tensor. */
export interface TensorMetadata {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 stands for the number of rows. */
  readonly shape: readonly number[];
  readonly parameters?: Readonly<Record<string, string | boolean>>;
}

/** What `GET /v2/models/{model}` answers. */
export interface ModelMetadata {
  readonly name: string;
  readonly versions: readonly string[];
  readonly platform: string;
  readonly inputs: readonly TensorMetadata[];
  readonly outputs: readonly TensorMetadata[];
}

/** The page of a model's version: a tensor a column in, a tensor a kind of answer out. */
export function modelMetadata(signature: Signature, version: number): ModelMetadata {
  return {
    name: signature.model,
    versions: [String(version)],
    platform: 'leeboard_bundle',
    inputs: [...signature.inputs, ...signature.carried].map((input) => ({
      name: input.name,
      datatype: datatypesOf(input)[0] as Datatype,
      shape: [-1],
      parameters: { required: !input.optional, expected: expectation(input) },
    })),
    outputs: outputTensors(signature),
  };
}

/** What a model can be asked for, in the order in which all of it is answered. */
export function outputTensors({ task, classes = [] }: Signature): TensorMetadata[] {
  const column = (name: string, datatype: Datatype) => ({ name, datatype, shape: [-1] });
  const version = column('version', 'INT64');
  switch (task) {
    case 'binary':
      return [column('probability', 'FP64'), column('margin', 'FP32'), column('positive', 'BOOL'), version];
    case 'regression':
      return [column('value', 'FP64'), version];
    case 'multiclass':
      return [
        column('label', 'BYTES'),
        {
          name: 'probabilities',
          datatype: 'FP64',
          shape: [-1, classes.length],
          // A parameter is text, a number or a boolean: the names go as JSON.
          parameters: { classes: JSON.stringify(classes) },
        },
        version,
      ];
  }
}
