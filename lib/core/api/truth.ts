import { z } from 'zod';
import { MAX_ROWS } from '../serve/parse-rows.ts';
import type { Routes } from './route.ts';

/** Most truths in one request. */
export const MAX_TRUTHS = 1000;

/** What a label can be; which of them the model's task says. */
const Actual = z.union([z.boolean(), z.number(), z.string()], 'true or false, a number or a text');

/** What really happened, of one prediction or of every prediction with a key. */
export const ToldTruth = z
  .strictObject({
    /** A row's id as it is logged: `<prediction id>#<row>`. */
    id: z.string().optional(),
    /** As the answer names it, */
    predictionId: z.string().optional(),
    /** and the row of that request. @default 0 */
    row: z
      .int()
      .min(0)
      .max(MAX_ROWS - 1)
      .optional(),
    /** The dataset's key and time columns. */
    key: z.record(z.string(), z.union([z.boolean(), z.number(), z.string()])).optional(),
    actual: Actual,
  })
  .refine(
    ({ id, predictionId, key }) => [id, predictionId, key].filter((name) => name !== undefined).length === 1,
    'one of id, predictionId (with row) and key',
  )
  .refine(({ predictionId, row }) => row === undefined || predictionId !== undefined, {
    path: ['row'],
    error: 'a predictionId beside it',
  });
export type ToldTruth = z.output<typeof ToldTruth>;

export const Feedback = z.strictObject({ truths: z.array(ToldTruth).min(1).max(MAX_TRUTHS) });

const FeedbackAnswer = z.strictObject({
  /** Truths that are kept and will be joined. */
  accepted: z.int(),
  /** Truths that say what an earlier one of the request says. */
  repeated: z.int(),
});
export type FeedbackAnswer = z.output<typeof FeedbackAnswer>;

export const truthRoutes = {
  'POST /v1/models/{model}/feedback': {
    summary: 'Says what really happened',
    body: Feedback,
    answers: { 202: FeedbackAnswer },
  },
} satisfies Routes;
