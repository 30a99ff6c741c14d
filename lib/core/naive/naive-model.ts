import { InvalidInputError, showValue } from '../errors.ts';
import type { Task } from '../linear/predictor.ts';

/** A model that gives every row the same scores, as plain JSON. */
export interface NaiveModel {
  readonly kind: 'naive';
  readonly task: Task;
  /** `prior`: the classes' shares; the others: of the labels. */
  readonly rule: NaiveRule;
  /** The probability of label 1, the probability of each class, or the value. */
  readonly outputs: readonly number[];
}

export type NaiveRule = 'prior' | 'mean' | 'median' | 'last';

/**
 * A model read from JSON, checked field by field.
 * @throws InvalidInputError naming the first wrong field
 */
export function parseNaiveModel(input: unknown): NaiveModel {
  const { kind, task, rule, outputs } = (input ?? {}) as Readonly<Record<string, unknown>>;
  require(kind === 'naive', 'kind', '"naive"', kind);
  const isTask = task === 'binary' || task === 'multiclass' || task === 'regression';
  require(isTask, 'task', 'binary, multiclass or regression', task);
  const rules = task === 'regression' ? ['mean', 'median', 'last'] : ['prior'];
  require(rules.includes(rule as string), 'rule', rules.join(', '), rule);
  const values: unknown[] = Array.isArray(outputs) ? outputs : [];
  const isCount = task === 'multiclass' ? values.length >= 2 : values.length === 1;
  const [low, high] = task === 'regression' ? [-Infinity, Infinity] : [0, 1];
  const isScore = (value: unknown) =>
    Number.isFinite(value) && (value as number) >= low && (value as number) <= high;
  const count = task === 'multiclass' ? '2 or more' : '1';
  const expected = `${count} ${task === 'regression' ? 'finite' : 'in [0, 1]'}`;
  require(isCount && values.every(isScore), 'outputs', expected, outputs);
  return input as NaiveModel;
}

function require(holds: boolean, field: string, expected: string, value: unknown): void {
  if (!holds) throw new InvalidInputError([{ field, expected, got: showValue(value) }]);
}
