import { z } from 'zod';
import { ReplayReport } from '../replay/report.ts';
import { Instant } from './instant.ts';
import type { Routes } from './route.ts';

/** What is asked for: a version, and the window of logged traffic. */
export const StartReplay = z.strictObject({
  version: z.int().min(1),
  from: Instant.describe('begin of the window, in it, ISO 8601'),
  to: Instant.optional().describe('its end, not in it, ISO 8601; default: now'),
  reason: z.string().min(1).max(500).default('asked through the API'),
});

/** What a replay is called. */
export const ReplayId = z.uuid("a replay's id, a UUID");

const Started = z.object({ replayId: z.string(), status: z.literal('running') });

const Replay = z.discriminatedUnion('status', [
  Started,
  z.object({
    replayId: z.string(),
    status: z.literal('failed'),
    error: z.object({ name: z.string(), message: z.string() }),
  }),
  z.object({ replayId: z.string(), status: z.literal('succeeded'), report: ReplayReport }),
]);
export type Replay = z.output<typeof Replay>;

export const replayRoutes = {
  'POST /v1/models/{model}/replays': {
    summary: 'Scores logged traffic with a version, to see what would have changed',
    body: StartReplay,
    answers: { 202: Started },
  },
  'GET /v1/models/{model}/replays/{replay}': {
    summary: 'A replay and, once it is over, what it found',
    answers: { 200: Replay },
  },
} satisfies Routes;
