import type { ColumnSpec } from '../spec/column.ts';
import type { Task } from '../spec/task.ts';

/** A column that a prediction's row brings. */
export interface InputColumn {
  readonly name: string;
  readonly dataset: string;
  /** Whether the row may leave it out or say null. */
  readonly optional: boolean;
  readonly column: ColumnSpec;
}

/** A column of the model's matrix, in order. */
export interface SignatureFeature {
  readonly name: string;
  readonly kind: 'number' | 'categorical';
  /** In the expression grammar, over the inputs. */
  readonly expression: string;
  /** Text of each level; its index is what the model sees. Absent for numbers. */
  readonly levels?: readonly string[];
}

/** What a model takes and how it becomes the model's matrix: all that serving needs beside the model file. */
export interface Signature {
  readonly format: 1;
  readonly model: string;
  readonly task: Task;
  /** The labels that a multiclass model tells apart; an answer's probabilities are in this order. */
  readonly classes?: readonly string[];
  /** Needed by some feature. */
  readonly inputs: readonly InputColumn[];
  /** Not needed by any feature: the key and time columns, logged so that truth can join. */
  readonly carried: readonly InputColumn[];
  /** The dataset's key and time columns: what truth joins by. */
  readonly key: readonly string[];
  /** Known columns that are accepted and not looked at. */
  readonly ignored: readonly string[];
  readonly features: readonly SignatureFeature[];
  readonly label: string;
}

/** Column name -> type, of all columns that the features use. */
export function inputTypes(signature: Pick<Signature, 'inputs'>): Record<string, ColumnSpec['type']> {
  return Object.fromEntries(signature.inputs.map(({ name, column }) => [name, column.type]));
}
