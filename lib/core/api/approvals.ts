import { z } from 'zod';
import type { Approval as Stored } from '../registry/records.ts';
import { At, recordOf } from './record.ts';
import type { Routes } from './route.ts';

const text = z.string();

/** What a person was asked, and what they said. */
export const Approval = recordOf<Stored>()({
  requestedAt: At,
  expiresAt: At,
  sha256: text.describe("of the bundle's manifest"),
  comparedWith: z.int().nullable().describe('the champion of its evaluation'),
  decided: z
    .object({ decision: z.enum(['approved', 'rejected']), by: text, at: At, reason: text })
    .optional(),
}).meta({ id: 'Approval' });

/** What a person says to a request for approval. */
export const ApprovalBody = z.strictObject({
  reason: z.string().min(1).max(500),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{12,64}$/, '12 to 64 characters 0-9 or a-f: a SHA-256, or its beginning')
    .optional()
    .describe('of the manifest that was looked at; another one by now is a conflict'),
});

/** What a decision came to. */
export const ApprovalOutcome = z.object({
  model: text,
  version: z.int(),
  outcome: z
    .enum(['promoted', 'rollout', 'held', 'rejected'])
    .describe('rollout: it is tried beside the champion; held: the deployment is frozen'),
  rev: z.int().describe('of the deployment'),
  approval: Approval,
});
export type ApprovalOutcome = z.output<typeof ApprovalOutcome>;

export const approvalRoutes = {
  'POST /v1/models/{model}/versions/{version}/approve': {
    summary:
      'Approves a version that waits for it: it becomes champion, or is tried beside the champion when its spec has stages.',
    body: ApprovalBody,
    answers: { 200: ApprovalOutcome },
  },
  'POST /v1/models/{model}/versions/{version}/reject': {
    summary: 'Rejects a version that waits for approval: the champion stays.',
    body: ApprovalBody,
    answers: { 200: ApprovalOutcome },
  },
} satisfies Routes;
