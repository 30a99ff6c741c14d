import type { ColumnSpec } from '../spec/column.ts';
import { columnOwner, featureExpressions, inputColumns, type ModelSpec } from '../spec/model.ts';
import type { InputColumn, Signature } from './signature.ts';

/**
 * The signature of a trained model.
 * @param levels feature name -> levels learned from the training rows
 * @param classes of a multiclass model, learned from the training rows
 */
export function signatureOf(
  model: ModelSpec,
  levels: Readonly<Record<string, readonly string[]>>,
  classes?: readonly string[],
): Signature {
  const needed = inputColumns(model);
  const key = keyColumns(model).map(({ name }) => name);
  const carried = key.filter((name) => !needed.includes(name));
  const known = [model.from, ...model.join.map((join) => join.dataset)].flatMap((dataset) =>
    Object.keys(dataset.columns),
  );
  return {
    format: 1,
    model: model.name,
    task: model.task,
    ...(classes && { classes }),
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

/** The key and time columns of a model's dataset, sorted: what truth joins by. */
export function keyColumns(model: ModelSpec): InputColumn[] {
  const names = [...new Set([...model.from.key, ...(model.from.time ? [model.from.time] : [])])].sort();
  return names.map((name) => ({ ...inputColumn(model, name), optional: false }));
}

function inputColumn(model: ModelSpec, name: string): InputColumn {
  const owner = columnOwner(model, name);
  const column = owner.columns[name] as ColumnSpec;
  // A joined row may be missing for any row, so its columns may be too.
  return { name, dataset: owner.name, optional: owner !== model.from || column.nullable > 0, column };
}
