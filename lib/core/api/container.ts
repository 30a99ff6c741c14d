import { z } from 'zod';
import { inferenceRoutes } from './inference.ts';
import { AnyPrediction, predictionRoutes, RowsBody } from './prediction.ts';
import type { Routes } from './route.ts';

const model = z.string();
const Attributes = (says: string) =>
  z.object({ 'x-amzn-sagemaker-custom-attributes': z.string().optional().describe(says) });

/** Every route of the container that answers with one bundle. */
export const containerRoutes: Routes = {
  'GET /ping': {
    summary: 'Whether the model scores a row of its own making',
    answers: {
      200: z.strictObject({ model, version: z.int(), status: z.literal('ready') }),
      503: z.strictObject({ model, status: z.literal('failed') }),
    },
  },
  'POST /invocations': {
    summary:
      'Predictions as SageMaker asks for them, rows and answers in JSON or CSV, by content-type and accept',
    body: RowsBody,
    headers: Attributes("the caller's own name for the request; it is logged"),
    media: { 'text/csv': z.string() },
    answers: { 200: AnyPrediction },
    answerHeaders: Attributes('predictionId=<the prediction id>'),
  },
  ...predictionRoutes,
  ...inferenceRoutes,
  'GET /openapi.json': { summary: 'This document', answers: { 200: z.looseObject({}) } },
};
