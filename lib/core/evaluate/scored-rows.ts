import { InvalidInputError } from '../errors.ts';

/** Rows with a known 0/1 label and the predicted probability of a 1. */
export interface ScoredRows {
  readonly labels: ArrayLike<number>;
  readonly probabilities: ArrayLike<number>;
  readonly positives: number;
}

/**
 * Checks what every measure relies on, once.
 * @throws InvalidInputError when there is no row, lengths differ, a label is not 0 or 1, or a
 * probability is not in [0, 1]; `field` is the probabilities' name in the message
 */
export function scoredRows(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  field = 'probabilities',
): ScoredRows {
  if (labels.length === 0) refuse('labels', 'at least 1 row', '0 rows');
  if (probabilities.length !== labels.length) {
    refuse(field, `${labels.length} values, as many as labels`, `${probabilities.length} values`);
  }
  let positives = 0;
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row];
    const probability = probabilities[row] as number;
    if (label !== 0 && label !== 1) refuse(`labels[${row}]`, '0 or 1', String(label));
    if (!(probability >= 0 && probability <= 1)) {
      refuse(`${field}[${row}]`, 'a probability in [0, 1]', String(probability));
    }
    if (label === 1) positives++;
  }
  return { labels, probabilities, positives };
}

/** Row numbers from the lowest to the highest probability. */
export function ascendingOrder(probabilities: ArrayLike<number>): Uint32Array {
  return Uint32Array.from(probabilities, (_, row) => row).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
}

/**
 * Walks `order` in runs of equal probability: [start, end) positions within it.
 * Every measure treats tied rows as one, so that no answer depends on the order of rows.
 */
export function* tiedRuns(
  probabilities: ArrayLike<number>,
  order: Uint32Array,
): Generator<{ start: number; end: number }> {
  for (let start = 0, end = 0; start < order.length; start = end) {
    const probability = probabilities[order[start] as number];
    while (end < order.length && probabilities[order[end] as number] === probability) end++;
    yield { start, end };
  }
}

function refuse(field: string, expected: string, got: string): never {
  throw new InvalidInputError([{ field, expected, got }]);
}
