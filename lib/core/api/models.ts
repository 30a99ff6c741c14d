import { z } from 'zod';
import type { ModelManifest as Manifest } from '../registry/bundle.ts';
import type { ModelVersion as Version } from '../registry/records.ts';
import type { InputDescription } from '../serve/describe-inputs.ts';
import { Approval } from './approvals.ts';
import { At, Numbers, recordOf } from './record.ts';
import type { Routes } from './route.ts';
import { ObjectPointer } from './runs.ts';

const text = z.string();
const Engine = z.enum(['xgboost', 'linear', 'naive']);

const ModelVersion = recordOf<Version>()({
  model: text,
  version: z.int(),
  createdAt: At,
  runId: text,
  status: z.enum(['claimed', 'registered', 'refused', 'waiting', 'approved', 'rejected', 'expired']),
  datasets: Numbers,
  specHash: text,
  metrics: Numbers.optional(),
  manifest: ObjectPointer.optional(),
  verdict: z.array(text).optional(),
  approval: Approval.optional().describe('of a version that a person has, or had, to approve'),
}).meta({ id: 'ModelVersion' });

const ModelManifest = recordOf<Manifest>()({
  format: z.literal(1),
  model: text,
  version: z.int(),
  createdAt: At,
  runId: text,
  parent: z.int().nullable(),
  specHash: text,
  codeVersion: text,
  engine: Engine,
  libraries: z.record(text, text),
  seed: z.number(),
  datasets: z.array(z.object({ dataset: text, version: z.int(), manifest: ObjectPointer })),
  files: z.object({
    'model.ubj': ObjectPointer.optional(),
    'model.json': ObjectPointer.optional(),
    'signature.json': ObjectPointer,
    'decision.json': ObjectPointer,
    'baseline.json': ObjectPointer,
    'evaluation.json': ObjectPointer,
    'spec.json': ObjectPointer,
    'training.json': ObjectPointer,
  }),
}).meta({ id: 'ModelManifest' });

const ModelSummary = z.object({
  model: text,
  champion: z.int().nullable(),
  rev: z.int().describe('counts changes of what answers'),
  changedAt: At.nullable(),
  latest: z.int().nullable(),
  metrics: Numbers.nullable().describe('of the latest version'),
});

const Input = recordOf<InputDescription>()({
  columns: z.record(
    text,
    z.object({
      type: z.enum(['number', 'text', 'boolean', 'timestamp']),
      required: z.boolean(),
      expected: text,
      dataset: text,
    }),
  ),
  example: z.object({ rows: z.array(z.record(text, z.unknown())) }),
});

export const modelRoutes = {
  'GET /v1/models': {
    summary: 'Every model that was trained, with its champion and newest metrics',
    answers: { 200: z.object({ models: z.array(ModelSummary.meta({ id: 'ModelSummary' })) }) },
  },
  'GET /v1/models/{model}': {
    summary: 'A model, its newest 100 versions, and what a request for it brings',
    answers: {
      200: ModelSummary.extend({
        versions: z.array(ModelVersion),
        input: Input.nullable().describe('null without a champion'),
      }),
    },
  },
  'GET /v1/models/{model}/versions/{version}': {
    summary: "A version: its bundle's manifest, and what it was trained and judged with",
    answers: {
      200: ModelVersion.extend({
        bundle: ModelManifest,
        training: z.looseObject({ format: z.int(), engine: Engine, rows: z.int(), rounds: z.int() }),
        evaluation: z.looseObject({
          format: z.int(),
          task: text,
          test: z.looseObject({ rows: z.int() }),
          reference: z
            .looseObject({ rows: z.int(), attribution: Numbers.describe('feature -> mean |SHAP value|') })
            .optional()
            .describe('what windows of predictions are compared with; absent in older versions'),
        }),
      }),
    },
  },
  'GET /v1/openapi.json': {
    summary: 'This document: OpenAPI 3.1, with the columns of each model that answers',
    answers: { 200: z.looseObject({ openapi: text, paths: z.looseObject({}) }) },
  },
} satisfies Routes;
