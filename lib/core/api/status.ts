import { z } from 'zod';
import type { Routes } from './route.ts';

const Progress = z.object({
  state: z.string(),
  /** Of `total` units of the state: rounds, trials, rows. */
  done: z.number(),
  total: z.number(),
});

const ModelStatus = z.object({
  model: z.string(),
  champion: z.number().nullable(),
  /** Requests that are being answered, on average over the last seconds. */
  inFlight: z.number(),
  requestsPerSecond: z.number(),
  /** Warm instances that were heard of lately. */
  instances: z.number(),
  rollout: z
    .object({
      candidate: z.number(),
      stage: z.enum(['shadow', 'canary']),
      /** Share that the candidate answers; null for a shadow. */
      percent: z.number().nullable(),
      /** ISO 8601, UTC. */
      stageStartedAt: z.string(),
    })
    .nullable(),
  frozen: z.boolean(),
  runs: z.object({
    /** One at most: a model has one training at a time. */
    active: z.array(
      z.object({ runId: z.string(), by: z.string(), since: z.string(), progress: Progress.nullable() }),
    ),
    /** First come, first served. */
    waiting: z.array(z.object({ runId: z.string(), by: z.string(), since: z.string() })),
  }),
  batches: z.array(
    z.object({
      batchId: z.string(),
      version: z.number(),
      dataset: z.string(),
      datasetVersion: z.number(),
      since: z.string(),
      rowsDone: z.number(),
      rows: z.number(),
    }),
  ),
});

/** What runs now. */
export const LiveStatus = z.object({
  /** ISO 8601, UTC. */
  asOf: z.string(),
  totals: z.object({
    inFlight: z.number(),
    requestsPerSecond: z.number(),
    runsActive: z.number(),
    runsWaiting: z.number(),
    batches: z.number(),
    replays: z.number(),
    ingestions: z.number(),
  }),
  /** Sorted by name; those that a training was ever asked for. */
  models: z.array(ModelStatus),
});
export type LiveStatus = z.output<typeof LiveStatus>;
export type LiveModel = LiveStatus['models'][number];

export const statusRoutes = {
  'GET /v1/status': {
    summary: 'What runs now: predictions in flight, rollouts, trainings, batches, replays and ingestions',
    answers: { 200: LiveStatus },
  },
} satisfies Routes;
