import { SpecError, showValue } from '../errors.ts';
import { defineModel, type ModelInput, type ModelSpec } from './model.ts';

/** What an experiment may change: how a model is learned, never what it is judged by. */
const CHANGEABLE = /^(since|(algorithm|search)(\.[A-Za-z][A-Za-z0-9]*)*)$/;
const EXPECTED = 'since, algorithm or search, or a setting below the last two such as algorithm.maxDepth';

/**
 * A model with some settings changed for one run.
 * @param set path -> JSON value, such as `{"algorithm.rounds": 5}`
 * @throws SpecError naming the path or the field, its value and what was expected
 */
export function changeModel(model: ModelSpec, set: Readonly<Record<string, unknown>>): ModelSpec {
  const changed = structuredClone(model) as unknown as Record<string, unknown>;
  for (const [path, value] of Object.entries(set)) {
    if (!CHANGEABLE.test(path)) {
      throw new SpecError(`model ${model.name}`, [
        { field: 'set', expected: EXPECTED, got: showValue(path) },
      ]);
    }
    setAt(changed, path.split('.'), value);
  }
  return defineModel(changed as unknown as ModelInput);
}

function setAt(
  target: Record<string, unknown>,
  [name = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  const inner = target[name];
  const next = typeof inner === 'object' && inner !== null ? { ...inner } : {};
  target[name] = next;
  setAt(next as Record<string, unknown>, rest, value);
}
