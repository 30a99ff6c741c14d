import { z } from 'zod';
import type {
  BinaryPrediction as Binary,
  MulticlassPrediction as Multiclass,
  RegressionPrediction as Regression,
} from '../serve/answer.ts';
import { MAX_ROWS } from '../serve/parse-rows.ts';
import { recordOf } from './record.ts';
import type { Route, Routes } from './route.ts';

const by = { version: z.int().optional().describe('of a challenger that answered this row') };

export const BinaryPrediction = recordOf<Binary & { version?: number }>()({
  probability: z.number().min(0).max(1).describe('of the label being true, calibrated'),
  margin: z.number().describe('log odds, as the model itself gives them'),
  positive: z.boolean().describe("whether the probability reaches the version's threshold"),
  ...by,
}).meta({ id: 'BinaryPrediction' });

export const RegressionPrediction = recordOf<Regression & { version?: number }>()({
  value: z.number().describe("in the label's unit"),
  ...by,
}).meta({ id: 'RegressionPrediction' });

export const MulticlassPrediction = recordOf<Multiclass & { version?: number }>()({
  label: z.string().describe('the most probable class'),
  probabilities: z.record(z.string(), z.number().min(0).max(1)),
  ...by,
}).meta({ id: 'MulticlassPrediction' });

/** What a prediction request is answered with. */
export const predictionAnswer = <Prediction extends z.ZodType>(prediction: Prediction) =>
  z.object({
    predictionId: z.uuidv7().describe('UUID version 7'),
    model: z.string(),
    version: z.int().describe('which answered all rows but those that name another'),
    predictions: z.array(prediction).describe("one a row, in the request's order"),
  });

/** What any model answers. */
export const AnyPrediction = predictionAnswer(
  z.union([BinaryPrediction, RegressionPrediction, MulticlassPrediction]),
);

/** The predict path itself parses by hand, against the version's signature (`parseRows`). */
export const RowsBody = z.strictObject({
  rows: z
    .array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])))
    .min(1)
    .max(MAX_ROWS)
    .describe('raw columns, as GET /v1/models/{model} describes them'),
});

const predict = (summary: string): Route => ({
  summary,
  body: RowsBody,
  headers: z.object({
    'x-request-id': z.string().optional().describe("the caller's own name for the request; it is logged"),
  }),
  answers: { 200: AnyPrediction },
});

export const predictionRoutes = {
  'POST /v1/models/{model}/predict': predict(
    'Predictions for rows of raw columns, by the champion or a challenger that is being rolled out',
  ),
  'POST /v1/models/{model}/versions/{version}/predict': predict(
    'Predictions by one version, deployed or not',
  ),
} satisfies Routes;
