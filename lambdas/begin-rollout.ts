import { z } from 'zod';
import { Name } from '#core/spec/parse-spec.ts';
import { beginRollout } from '#lib/pipelines/begin-rollout.ts';
import { parseInput } from './shared/payloads.ts';
import { registry, store, variable } from './shared/resources.ts';

const Input = z.object({
  model: Name,
  /** Name of the execution. */
  id: z.string(),
  version: z.number(),
  approvedSha256: z.string(),
  comparedWith: z.number().nullable(),
  by: z.string(),
  reason: z.string(),
});

/** Begins to try a version beside the champion. @throws ConflictError when another writer was first */
export const handler = async (event: unknown): ReturnType<typeof beginRollout> => {
  const { model, id, ...request } = parseInput(Input, event);
  const rollout = { model, id, now: new Date().toISOString(), pace: Number(variable('PACE')) };
  return beginRollout({ store: store(), registry: registry() }, rollout, request);
};
