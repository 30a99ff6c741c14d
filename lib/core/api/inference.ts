import { z } from 'zod';
import { DATATYPES } from '../inference/datatype.ts';
import type { Route, Routes } from './route.ts';

const Datatype = z.enum(DATATYPES as [string, ...string[]]);
const Parameters = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));
const Data = z.array(z.unknown()).describe('one element a row; null says that a value is missing');

const TensorMetadata = z.strictObject({
  name: z.string(),
  datatype: Datatype,
  shape: z.array(z.number().int()).describe('-1 stands for the number of rows'),
  parameters: Parameters.optional(),
});

const ServerMetadata = z.strictObject({
  name: z.string(),
  version: z.string(),
  extensions: z.array(z.string()),
});

const ModelMetadata = z.strictObject({
  name: z.string(),
  versions: z.array(z.string()).describe('the one that answers'),
  platform: z.string(),
  inputs: z.array(TensorMetadata),
  outputs: z.array(TensorMetadata),
});

const InferRequest = z.strictObject({
  id: z.string().max(128).optional().describe('repeated in the answer and in the prediction log'),
  model_name: z.string().optional().describe('not looked at: the path says it'),
  parameters: z
    .looseObject({ binary_data_output: z.boolean().optional() })
    .optional()
    .describe('others than binary_data_output are not looked at'),
  inputs: z
    .array(
      z.strictObject({
        name: z.string(),
        datatype: Datatype,
        shape: z.array(z.number().int()).describe('[rows] or [rows, 1]'),
        parameters: z.strictObject({ binary_data_size: z.number().int().min(0).optional() }).optional(),
        data: Data.optional().describe('absent when the tensor follows in binary'),
      }),
    )
    .min(1),
  outputs: z
    .array(
      z.strictObject({
        name: z.string(),
        parameters: z.strictObject({ binary_data: z.boolean().optional() }).optional(),
      }),
    )
    .optional()
    .describe('those wanted, in order; all when absent'),
});

const InferResponse = z.strictObject({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  parameters: z.strictObject({ prediction_id: z.uuid() }),
  outputs: z.array(
    z.strictObject({
      name: z.string(),
      datatype: Datatype,
      shape: z.array(z.number().int()),
      parameters: Parameters.optional(),
      data: z.array(z.union([z.string(), z.number(), z.boolean()])).optional(),
    }),
  ),
});

const describeModel: Route = {
  summary: "A model's columns and answers as tensors, of the version that answers or the one named",
  answers: { 200: ModelMetadata },
};
const modelReady: Route = {
  summary: 'Whether the model can answer',
  answers: { 200: z.strictObject({ name: z.string(), ready: z.literal(true) }) },
};
const Binary = z.object({
  'inference-header-content-length': z
    .int()
    .min(0)
    .optional()
    .describe('bytes of the JSON before the tensors'),
});
const infer: Route = {
  summary: 'Predictions, tensors in and out, in JSON or in binary',
  body: InferRequest,
  headers: Binary,
  media: { 'application/octet-stream': z.unknown().describe('the same JSON, then the tensors in binary') },
  answers: { 200: InferResponse },
  answerHeaders: Binary,
};

/** Open Inference Protocol v2. Its errors are `{ "error": "..." }`. The predict path parses by hand. */
export const inferenceRoutes = {
  'GET /v2': {
    summary: 'What this server is, and its extensions of the Open Inference Protocol',
    answers: { 200: ServerMetadata },
  },
  'GET /v2/health/live': {
    summary: 'Whether the server runs',
    answers: { 200: z.strictObject({ live: z.literal(true) }) },
  },
  'GET /v2/health/ready': {
    summary: 'Whether the server can answer; each model says so itself, too',
    answers: { 200: z.strictObject({ ready: z.literal(true) }) },
  },
  'GET /v2/models/{model}': describeModel,
  'GET /v2/models/{model}/versions/{version}': describeModel,
  'GET /v2/models/{model}/ready': modelReady,
  'GET /v2/models/{model}/versions/{version}/ready': modelReady,
  'POST /v2/models/{model}/infer': infer,
  'POST /v2/models/{model}/versions/{version}/infer': infer,
} satisfies Routes;
