import { z } from 'zod';
import type {
  BroughtRequest,
  ObjectPointer as Pointer,
  RunProgress as Progress,
  Run as RunRecord,
  RunStep,
} from '../registry/records.ts';
import { Instant } from './instant.ts';
import { At, Numbers, recordOf } from './record.ts';
import type { Routes } from './route.ts';

const MAX_SETTINGS = 5000;

const Reason = z.string().min(1).max(500).default('asked through the API');
/** By path of the spec; an execution's input must hold them, and the lease those of all who wait. */
const Settings = z
  .record(z.string().max(200), z.unknown())
  .refine((set) => JSON.stringify(set).length <= MAX_SETTINGS, `at most ${MAX_SETTINGS} characters of JSON`)
  .describe('settings of the spec changed for this training, by path: {"algorithm.rounds": 5}');

/** What a training is asked for with. */
export const StartBody = z.strictObject({
  reason: Reason,
  asOf: Instant.optional().describe('ages are judged by this instant, ISO 8601; default: when it starts'),
  set: Settings.optional(),
  reproduce: z.int().min(1).optional().describe('the version to train again and compare'),
});
export const ResumeBody = z.strictObject({ reason: Reason });

const text = z.string();

export const ObjectPointer = recordOf<Pointer>()({
  key: text,
  versionId: text,
  size: z.int(),
  sha256: text,
}).meta({ id: 'ObjectPointer' });

const Asked = {
  by: text,
  at: At,
  reason: text,
  asOf: At.optional(),
  set: z.record(text, z.unknown()).optional(),
  reproduce: z.int().optional(),
};

export const Run = recordOf<RunRecord>()({
  model: text,
  runId: text,
  pipeline: z.enum(['train-model', 'monitor-model']),
  status: z
    .enum([
      'waiting',
      'running',
      'succeeded',
      'refused',
      'failed',
      'cancelled',
      'merged',
      'reproduced',
      'differs',
    ])
    .describe('waiting for the training before it; merged: another run trains for it'),
  startedAt: At,
  finishedAt: At.optional(),
  by: text,
  execution: text.optional(),
  token: z.int().optional(),
  asOf: At.optional(),
  requests: z
    .array(recordOf<BroughtRequest>()({ ...Asked, resume: text.optional(), execution: text }))
    .optional(),
  set: Asked.set,
  reproduce: Asked.reproduce,
  mergedInto: text.optional(),
  cancelled: z.object({ by: text, at: At }).optional(),
  specHash: text.optional(),
  codeVersion: text.optional(),
  datasets: Numbers.optional(),
  algorithm: text.optional(),
  parameters: z.record(text, z.unknown()).optional(),
  rounds: z.int().optional(),
  trials: z.object({ asked: z.int(), completed: z.int(), pruned: z.int(), failed: z.int() }).optional(),
  steps: z
    .array(recordOf<RunStep>()({ state: text, startedAt: At, finishedAt: At, memoryMb: z.number() }))
    .optional(),
  costUsd: z.number().optional(),
  artifacts: z.record(text, ObjectPointer).optional(),
  version: z.int().optional(),
  metrics: Numbers.optional(),
  error: z.object({ name: text, message: text }).optional(),
  verdict: z.array(text).optional(),
}).meta({ id: 'Run' });

const RunProgress = recordOf<Progress>()({
  state: text,
  done: z.number(),
  total: z.number(),
  metric: z.object({ name: text, value: z.number(), best: z.number() }).optional(),
  at: At,
});

const Accepted = z.object({ runId: text, status: Run.shape.status }).meta({ id: 'AcceptedRun' });

export const runRoutes = {
  'GET /v1/models/{model}/runs': {
    summary: 'The newest 100 runs of a model, newest first',
    answers: { 200: z.object({ runs: z.array(Run) }) },
  },
  'GET /v1/models/{model}/runs/{run}': {
    summary: 'A run and how far it is',
    answers: { 200: Run.extend({ progress: RunProgress.nullable() }) },
  },
  'POST /v1/models/{model}/runs': {
    summary: 'Asks for a training',
    body: StartBody,
    answers: { 202: Accepted },
  },
  'POST /v1/models/{model}/runs/{run}/cancel': {
    summary: 'Stops a run, or takes it out of those that wait',
    answers: { 202: Accepted },
  },
  'POST /v1/models/{model}/runs/{run}/resume': {
    summary: 'Goes on with a failed or cancelled run from its failed step',
    body: ResumeBody,
    answers: { 202: Accepted },
  },
} satisfies Routes;
