import { LeeboardError } from '../errors.ts';

/** An expression is not in the grammar: what was found, where, and what was expected. */
export class ExpressionError extends LeeboardError {
  override readonly name = 'ExpressionError';
  /** The character it was found at; the first is 1. */
  readonly position: number;
  /** @param at zero-based offset in the source */
  constructor(found: string, at: number, expected: string) {
    super(`${found} at character ${at + 1}: expected ${expected}`);
    this.position = at + 1;
  }
}

/**
 * `one of <what> a, b, c`, the names most like `name` first, at most six of them.
 * Likeness is Levenshtein's edit distance.
 */
export function oneOf(what: string, names: readonly string[], name: string): string {
  if (names.length === 0) return `one of the ${what}, of which there are none`;
  const distance = new Map(names.map((candidate) => [candidate, editDistance(candidate, name)]));
  const nearest = [...names].sort((a, b) => (distance.get(a) ?? 0) - (distance.get(b) ?? 0)).slice(0, 6);
  const more = names.length - nearest.length;
  return `one of the ${what} ${nearest.join(', ')}${more > 0 ? ` or ${more} more` : ''}`;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(at(previous, j) + 1, at(current, j - 1) + 1, replace));
    }
    previous = current;
  }
  return at(previous, b.length);
}

const at = (values: readonly number[], index: number) => values[index] as number;
