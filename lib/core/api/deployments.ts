import { z } from 'zod';
import type { Routes } from './route.ts';

const Reason = z.string().min(1).max(500);
/** The rev that the caller looked at; another one by now is a conflict. */
const Rev = z.int().min(0).optional();

/** Makes a version champion, an older one too. */
export const PromoteBody = z.strictObject({ version: z.int().min(1), reason: Reason, rev: Rev });
/** Takes back what was changed last. */
export const ChangeBody = z.strictObject({ reason: Reason, rev: Rev });

const Instant = z.iso.datetime();
const Stage = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shadow') }),
  z.object({ kind: z.literal('canary'), percent: z.int() }),
]);
const Counts = z.object({ requests: z.number(), rows: z.number(), errors: z.number() });

/** Which versions answer, and which is tried. */
export const DeploymentState = z.object({
  model: z.string(),
  /** Counts changes. */
  rev: z.int(),
  champion: z.int().nullable(),
  /** Where a rollback goes; null: nowhere. */
  previous: z.int().nullable(),
  changedAt: Instant,
  rollout: z
    .object({
      id: z.string(),
      challenger: z.int(),
      stage: Stage,
      stageIndex: z.int(),
      stageStartedAt: Instant,
      stickTo: z.string().nullable(),
    })
    .nullable(),
  frozen: z.object({ by: z.string(), at: Instant, reason: z.string() }).nullable(),
});
export type DeploymentState = z.output<typeof DeploymentState>;

const Change = z.object({
  rev: z.int(),
  at: Instant,
  by: z.string(),
  action: z.enum(['promote', 'begin-rollout', 'next-stage', 'rollback', 'freeze', 'unfreeze']),
  from: z.int().nullable(),
  to: z.int().nullable(),
  of: z.int().optional(),
  rollout: z.string().optional(),
  reason: z.string(),
});

/** A deployment, what its running stage has served, and what was changed before, newest first. */
export const DeploymentDetails = DeploymentState.extend({
  served: z.object({ champion: Counts, candidate: Counts }).nullable(),
  changes: z.array(Change),
});
export type DeploymentDetails = z.output<typeof DeploymentDetails>;

const changes = (summary: string, body: z.ZodType) => ({ summary, body, answers: { 200: DeploymentState } });

export const deploymentRoutes = {
  'GET /v1/models/{model}/deployment': {
    summary: 'Which versions answer, which is tried, and every change with who made it and why.',
    answers: { 200: DeploymentDetails },
  },
  'POST /v1/models/{model}/promote': changes('Makes an approved version champion.', PromoteBody),
  'POST /v1/models/{model}/rollback': changes(
    'Takes back the challenger that is tried, or else the champion for the one before it.',
    ChangeBody,
  ),
  'POST /v1/models/{model}/freeze': changes(
    'Lets nothing be promoted; taking back stays possible.',
    ChangeBody,
  ),
  'POST /v1/models/{model}/unfreeze': changes('Lifts a freeze.', ChangeBody),
} satisfies Routes;
