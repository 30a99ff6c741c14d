import { z } from 'zod';
import { MAX_ROWS } from '../serve/parse-rows.ts';
import type { Routes } from './route.ts';

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const version = z.number().int().min(1).optional();

const Body = z.strictObject({
  /** Raw columns, as `GET /v1/models/{model}` describes them. */
  rows: z.array(z.record(z.string(), Value)).min(1).max(MAX_ROWS),
});

const Prediction = z.union([
  z.object({ probability: z.number(), margin: z.number(), positive: z.boolean(), version }),
  z.object({ value: z.number(), version }),
  z.object({ label: z.string(), probabilities: z.record(z.string(), z.number()), version }),
]);

const Answer = z.object({
  predictionId: z.uuidv7(),
  model: z.string(),
  version: z.number().int().min(1),
  predictions: z.array(Prediction),
});

/** The predict path checks by hand what these say, with the columns of the model. */
export const predictionRoutes = {
  'POST /v1/models/{model}/predict': {
    summary: 'Predictions for rows of raw columns, by the champion or a challenger that is being rolled out',
    body: Body,
    answers: { 200: Answer },
  },
  'POST /v1/models/{model}/versions/{version}/predict': {
    summary: 'Predictions for rows of raw columns, by one version',
    body: Body,
    answers: { 200: Answer },
  },
} satisfies Routes;
