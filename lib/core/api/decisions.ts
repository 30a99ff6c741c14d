import { z } from 'zod';
import type {
  Backtest,
  BacktestCandidate,
  Decision as DecisionRecord,
  DecisionStep,
  JudgedState,
  Judgement as JudgementRecord,
  Trigger as TriggerRecord,
} from '../retrain/records.ts';
import { At, Numbers, recordOf } from './record.ts';
import type { Routes } from './route.ts';
import { ObjectPointer } from './runs.ts';

/** What a person asks for with. */
export const RetrainBody = z.strictObject({
  reason: z.string().min(1).max(500).default('asked through the API'),
});

const text = z.string();
const Status = z.enum([
  'waiting',
  'judging',
  'training',
  'approval',
  'rollout',
  'ignored',
  'declined',
  'promoted',
  'refused',
  'rejected',
  'expired',
  'rolled-back',
  'held',
  'failed',
]);

const Trigger = recordOf<TriggerRecord>()({
  id: text,
  kind: z.enum(['new-data', 'schedule', 'drift', 'performance', 'change', 'person']),
  at: At,
  by: text,
  reason: text,
  version: z.int().optional(),
  figures: Numbers.optional(),
});

const Candidate = recordOf<BacktestCandidate>()({
  window: text.describe('which rows it learned from, as the spec names them'),
  since: At.nullable(),
  rows: z.int(),
  loss: z.number(),
  score: z.number().nullable(),
  gain: z.number().describe("how much smaller its mean loss is than the champion's"),
  gainAtLeast: z.number().describe('lower bound of the gain, one-sided, 95 %'),
});

const Judgement = recordOf<JudgementRecord>()({
  champion: z.int().nullable(),
  seenUntil: At.nullable().describe('newest labelled row that the champion knows'),
  labelledUntil: At.nullable(),
  newRows: z.int().describe('labelled rows that the champion has not seen'),
  backtest: recordOf<Backtest>()({
    loss: z.enum(['logLoss', 'squaredError']),
    from: At,
    to: At,
    rows: z.int(),
    championLoss: z.number(),
    championScore: z.number().nullable(),
    candidates: z.array(Candidate),
    best: text,
  }).optional(),
});

export const Decision = recordOf<DecisionRecord>()({
  model: text,
  number: z.int(),
  status: Status,
  reason: text,
  triggers: z.array(Trigger),
  more: z.int().optional().describe('triggers beyond those that are kept'),
  steps: z.array(recordOf<DecisionStep>()({ at: At, status: Status, reason: text })),
  until: At.optional(),
  judgings: z.int().optional().describe('how often it was judged, or is now'),
  execution: text.optional(),
  asOf: At.optional(),
  judges: recordOf<JudgedState>()({ datasets: Numbers, specHash: text, codeVersion: text }).optional(),
  asked: z
    .int()
    .optional()
    .describe('how many people had asked for it when its newest judging, or its training, began'),
  judgement: Judgement.optional(),
  judgementFile: ObjectPointer.optional(),
  since: At.nullable().optional().describe('oldest row that its training learns from; null: all'),
  trainedAt: At.optional(),
  runId: text.optional(),
  version: z.int().optional(),
  costUsd: z.number().optional(),
}).meta({ id: 'Decision' });

const Accepted = z.object({ id: text.describe('of the trigger, in the decision that takes it in') });
export type AcceptedRetraining = z.output<typeof Accepted>;

export const decisionRoutes = {
  'GET /v1/models/{model}/decisions': {
    summary: 'The newest 100 decisions about training a model again, also those not to, newest first',
    answers: { 200: z.object({ decisions: z.array(Decision) }) },
  },
  'POST /v1/models/{model}/retrain': {
    summary: 'Asks for a training in which the loop chooses the rows to learn from',
    body: RetrainBody,
    answers: { 202: Accepted },
  },
} satisfies Routes;
