import { z } from 'zod';
import type { Batch as BatchRecord } from '../registry/serving-records.ts';
import { Name } from '../spec/parse-spec.ts';
import { At, recordOf } from './record.ts';
import type { Routes } from './route.ts';
import { ObjectPointer } from './runs.ts';

const Version = z.int().min(1).max(999_999_999);

/** What a batch is asked for with. */
export const BatchRequest = z.strictObject({
  dataset: Name.describe('the dataset that the model is made for'),
  datasetVersion: Version.optional().describe('default: the newest'),
  version: Version.optional().describe('which version of the model scores; default: the champion'),
  reason: z.string().min(1).max(500).default('asked through the API'),
});

const text = z.string();

const Batch = recordOf<BatchRecord>()({
  model: text,
  batchId: text,
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled']),
  by: text,
  reason: text,
  startedAt: At,
  finishedAt: At.optional(),
  resumed: z.object({ by: text, at: At }).optional().describe('by whom and when it was resumed last'),
  version: z.int(),
  dataset: text,
  datasetVersion: z.int(),
  execution: text,
  rows: z.int(),
  chunks: z.int().describe('0 until it is planned'),
  output: text.describe('where its output is, in the store'),
  manifest: ObjectPointer.optional(),
  refused: z.int().optional().describe('rows without a prediction, because the model does not take them'),
  drifted: z.array(text).optional().describe('columns that drifted from the version’s baseline'),
  error: z.object({ name: text, message: text }).optional(),
});

/** The batch that a request began, stopped or went on with. */
const Accepted = Batch.pick({
  batchId: true,
  status: true,
  version: true,
  dataset: true,
  datasetVersion: true,
});
export type AcceptedBatch = z.output<typeof Accepted>;

/** What `AcceptedBatch` tells of a batch. */
export const toAccepted = ({ batchId, status, version, dataset, datasetVersion }: AcceptedBatch) => ({
  batchId,
  status,
  version,
  dataset,
  datasetVersion,
});

export const batchRoutes = {
  'POST /v1/models/{model}/batches': {
    summary: 'Scores every row of a dataset version',
    body: BatchRequest,
    answers: { 202: Accepted },
  },
  'GET /v1/models/{model}/batches': {
    summary: 'The newest 100 batches of a model, newest first',
    answers: { 200: z.object({ batches: z.array(Batch) }) },
  },
  'GET /v1/models/{model}/batches/{batch}': {
    summary: 'A batch and how far it is',
    answers: {
      200: Batch.extend({
        progress: z.object({
          chunksDone: z.int(),
          rowsDone: z.int(),
          rowsPerSecond: z.int().describe('since it started, pauses included'),
        }),
      }),
    },
  },
  'POST /v1/models/{model}/batches/{batch}/cancel': {
    summary: 'Stops a batch; what is done stays, and it can be resumed',
    answers: { 202: Accepted },
  },
  'POST /v1/models/{model}/batches/{batch}/resume': {
    summary: 'Goes on with a batch that failed or was cancelled: what is done is not done again',
    answers: { 202: Accepted },
  },
} satisfies Routes;
