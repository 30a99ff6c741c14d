import { showValue } from '#core/errors.ts';
import type { Outputs } from '#lib/client/outputs.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';

/** A version or a run, as commands take them. */
export type Reference =
  | { readonly kind: 'version'; readonly model: string; readonly version: number }
  | { readonly kind: 'run'; readonly model: string; readonly runId: string };

/**
 * `flights-late@2`; of a given model also `2`, `@2` or a run's id.
 * @throws UsageError for anything else; NotFoundError when the model is not deployed
 */
export function parseReference(
  outputs: Pick<Outputs, 'stateMachines'>,
  text: string,
  model?: string,
): Reference {
  const [, named, number] = /^(?:([^@]*)@)?([1-9]\d{0,8})$/.exec(text) ?? [];
  const owner = named || model;
  if (owner === undefined) {
    const expected = 'expected a version such as flights-late@2';
    throw new UsageError(`${expected}, or its model before it, got ${showValue(text)}`);
  }
  requireKnown('model', owner, deployedModels(outputs));
  if (named && model !== undefined && named !== model) {
    throw new UsageError(`expected a version or run of ${model}, got ${showValue(text)}`);
  }
  if (number !== undefined) return { kind: 'version', model: owner, version: Number(number) };
  if (/^[\w.-]+$/.test(text)) return { kind: 'run', model: owner, runId: text };
  throw new UsageError(`expected a version such as ${owner}@2 or a run's id, got ${showValue(text)}`);
}
