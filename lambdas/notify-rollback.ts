import { z } from 'zod';
import { rollbackNotification } from '#core/rollout/rollout-changes.ts';
import { parseInput } from './shared/payloads.ts';
import { tellPeople } from './shared/tell-people.ts';

const Event = z.object({
  detail: z.object({
    model: z.string(),
    champion: z.number().nullable(),
    challenger: z.number().optional(),
    rev: z.number(),
    by: z.string(),
    reason: z.string(),
    asOf: z.string(),
  }),
});

/** Tells people that a version was taken back, and why. */
export const handler = async (event: unknown): Promise<void> => {
  await tellPeople(rollbackNotification(parseInput(Event, event).detail));
};
