import { z } from 'zod';
import { Duration } from '#core/spec/duration.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { RolloutSpec } from '#core/spec/rollout.ts';
import { leadRollout } from '#lib/pipelines/lead-rollout.ts';
import { parseInput } from './shared/payloads.ts';
import { registry, store, variable } from './shared/resources.ts';

const Input = z.object({
  model: Name,
  /** Name of the execution. */
  id: z.string(),
  plan: z.object({
    rollout: RolloutSpec,
    task: z.enum(['binary', 'multiclass', 'regression']),
    truthWithin: Duration,
  }),
  stageIndex: z.number(),
  look: z.number(),
});

/** Looks at a rollout and takes it a step forward, or back. @throws ConflictError when another writer was first */
export const handler = async (event: unknown): ReturnType<typeof leadRollout> => {
  const look = { now: new Date().toISOString(), pace: Number(variable('PACE')) };
  return leadRollout({ store: store(), registry: registry() }, { ...parseInput(Input, event), ...look });
};
