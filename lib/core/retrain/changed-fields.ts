import { canonicalJson } from '../data/canonical-json.ts';
import { changeModel } from '../spec/change-model.ts';
import type { ModelSpec } from '../spec/model.ts';

/** What a model learns nothing from: how it is judged, watched, rolled out and trained again. */
const NOT_LEARNED: readonly string[] = ['gates', 'approval', 'rollout', 'retrain', 'truth', 'monitor'];

/**
 * The fields of a spec, sorted, by which a training today would learn otherwise than the champion did. What was set
 * for the champion's run alone is no change of the spec; nor is a default that came into being since.
 * @param made the champion's own spec
 * @param set of the champion's run
 */
export function changedFields(
  deployed: ModelSpec,
  made: ModelSpec,
  set: Readonly<Record<string, unknown>> = {},
): string[] {
  const [now, then] = [read(deployed, set), read(made, {})];
  const names = [...new Set([...Object.keys(now), ...Object.keys(then)])].sort();
  return names.filter((name) => !NOT_LEARNED.includes(name) && text(now[name]) !== text(then[name]));
}

const text = (value: unknown) => (value === undefined ? undefined : canonicalJson(value));

/** As it would be parsed today; as it is where it no longer can be. */
function read(model: ModelSpec, set: Readonly<Record<string, unknown>>): Record<string, unknown> {
  try {
    return { ...changeModel(model, set) };
  } catch {
    return { ...model };
  }
}
