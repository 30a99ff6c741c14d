import type { Value } from '../expression/index.ts';
import type { Prediction } from '../serve/answer.ts';
import type { Signature } from '../serve/signature.ts';

/** A column of a batch's output, beside the key and time columns. */
export interface PredictionColumn {
  readonly name: string;
  readonly type: 'number' | 'boolean' | 'text';
  /** Null of a row that the model does not take. */
  readonly cell: (prediction: Prediction | undefined, error: string | undefined) => Value;
}

/**
 * The columns that say what a model predicts: `probability`, `margin`, `positive`, or `value`, or `label` and
 * `probability_<class>` for each class; then `error`, null but for rows that the model does not take. One whose name
 * another column has (in any case) is called `predicted_<name>`.
 */
export function predictionColumns(
  signature: Pick<Signature, 'task' | 'classes' | 'key'>,
): PredictionColumn[] {
  const error = {
    name: 'error',
    type: 'text',
    cell: (_, message) => message ?? null,
  } satisfies PredictionColumn;
  const taken = new Set(signature.key.map((name) => name.toLowerCase()));
  return [...taskColumns(signature), error].map((column) => {
    let { name } = column;
    while (taken.has(name.toLowerCase())) name = `predicted_${name}`;
    taken.add(name.toLowerCase());
    return { ...column, name };
  });
}

function taskColumns({ task, classes = [] }: Pick<Signature, 'task' | 'classes'>): PredictionColumn[] {
  switch (task) {
    case 'binary':
      return [field('probability', 'number'), field('margin', 'number'), field('positive', 'boolean')];
    case 'regression':
      return [field('value', 'number')];
    case 'multiclass':
      return [field('label', 'text'), ...classes.map(probabilityOf)];
  }
}

function field(name: string, type: PredictionColumn['type']): PredictionColumn {
  return {
    name,
    type,
    cell: (prediction) => (prediction as Readonly<Record<string, Value>> | undefined)?.[name] ?? null,
  };
}

function probabilityOf(level: string): PredictionColumn {
  return {
    name: `probability_${level}`,
    type: 'number',
    cell: (prediction) =>
      prediction && 'probabilities' in prediction ? (prediction.probabilities[level] ?? null) : null,
  };
}
