import type { ColumnSpec } from '../spec/column.ts';
import { columnOwner, featureExpressions, inputColumns, type ModelSpec } from '../spec/model.ts';

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
  readonly task: 'binary';
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

/**
 * The signature of a trained model.
 * @param levels feature name -> levels learned from the training rows
 */
export function signatureOf(
  model: ModelSpec,
  levels: Readonly<Record<string, readonly string[]>>,
): Signature {
  const needed = inputColumns(model);
  const key = [...new Set([...model.from.key, ...(model.from.time ? [model.from.time] : [])])].sort();
  const carried = key.filter((name) => !needed.includes(name));
  const known = [model.from, ...model.join.map((join) => join.dataset)].flatMap((dataset) =>
    Object.keys(dataset.columns),
  );
  return {
    format: 1,
    model: model.name,
    task: model.task,
    inputs: needed.map((name) => inputColumn(model, name)),
    carried: carried.map((name) => ({ ...inputColumn(model, name), optional: true })),
    key,
    ignored: [...new Set(known)].filter((name) => !needed.includes(name) && !carried.includes(name)).sort(),
    features: featureExpressions(model).map(({ name, spec }) => ({
      name,
      kind: spec.kind,
      expression: spec.expression,
      ...(spec.kind === 'categorical' ? { levels: levels[name] ?? [] } : {}),
    })),
    label: model.label,
  };
}

/** Column name -> type, of all columns that the features use. */
export function inputTypes(signature: Signature): Record<string, ColumnSpec['type']> {
  return Object.fromEntries(signature.inputs.map(({ name, column }) => [name, column.type]));
}

function inputColumn(model: ModelSpec, name: string): InputColumn {
  const owner = columnOwner(model, name);
  const column = owner.columns[name] as ColumnSpec;
  // A joined row may be missing for any row, so its columns may be too.
  return { name, dataset: owner.name, optional: owner !== model.from || column.nullable > 0, column };
}
