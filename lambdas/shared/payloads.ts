import { z } from 'zod';
import { Instant } from '#core/api/instant.ts';
import { InvalidInputError } from '#core/errors.ts';
import type { Fence } from '#core/registry/records.ts';
import { Duration } from '#core/spec/duration.ts';
import { fromIssue, Name } from '#core/spec/parse-spec.ts';

/** What states hand to each other: pointers and small facts, never data. */
export const ObjectPointer = z.object({
  key: z.string(),
  versionId: z.string(),
  size: z.number(),
  sha256: z.string(),
});
export const SpecPointer = z.object({ bucket: z.string(), key: z.string(), sha256: z.string() });
export type SpecPointer = z.output<typeof SpecPointer>;

/** S3's event of a drop; its time is cut to the second. */
export const ObjectCreated = z.object({
  time: Instant,
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.number().default(0),
      'version-id': z.string().default('null'),
    }),
  }),
});

/** A drop on its way through `ingest-dataset`. */
export const Drop = z.object({
  runId: z.string(),
  dataset: z.string(),
  key: z.string(),
  versionId: z.string(),
  size: z.number(),
  asOf: Instant,
});

/** One execution of `train-model`. */
export const TrainingRun = z.object({
  model: Name,
  runId: z.string(),
  asOf: Instant,
  startedAt: Instant,
  by: z.string(),
  spec: SpecPointer,
  /** Name of the execution, which is the run's id unless it resumes an earlier one. */
  execution: z.string(),
  /** Of the lease, once it is taken. */
  token: z.number().optional(),
  /** Settings of the spec changed for this run, by path. */
  set: z.record(z.string(), z.unknown()).optional(),
  /** The version that is trained again. */
  reproduce: z.number().optional(),
});
export type TrainingRun = z.output<typeof TrainingRun>;

/** What a run may write only while it holds its model's lease. */
export function fenceOf({ model, token }: TrainingRun): Fence | undefined {
  return token === undefined ? undefined : { model, token };
}

export const DatasetChoice = z.object({ dataset: Name, version: z.number(), manifest: ObjectPointer });

/** What a run trains on and by which spec; `reproduced` is the version it must come out as. */
export const Feasible = z.object({
  datasets: z.array(DatasetChoice),
  spec: ObjectPointer,
  specHash: z.string(),
  reproduced: z.object({ version: z.number(), manifest: ObjectPointer, training: ObjectPointer }).optional(),
});

export const Prepared = z.object({
  features: ObjectPointer,
  testRows: ObjectPointer,
  preparation: ObjectPointer,
  baseline: ObjectPointer,
  signature: ObjectPointer,
  spec: ObjectPointer,
});

/** A setting to be tried, and what became of one that failed for good. */
export const TrialPayload = z.object({
  number: z.number(),
  candidate: z.string(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});
export const FinishedTrial = z.object({
  number: z.number(),
  result: ObjectPointer.optional(),
  error: z.object({ Error: z.string(), Cause: z.unknown().optional() }).optional(),
});

/** Which model to train, or which trials to run first. */
export const Proposed = z.object({
  done: z.boolean(),
  plan: ObjectPointer,
  parallel: z.number(),
  trials: z.array(TrialPayload),
  choice: ObjectPointer.nullable(),
});

export const Trained = z.object({
  engine: z.enum(['xgboost', 'linear', 'naive']),
  model: ObjectPointer,
  training: ObjectPointer,
  decision: ObjectPointer,
});

export const Evaluated = z.object({
  evaluation: ObjectPointer,
  metrics: z.record(z.string(), z.number()),
  /** The version it was compared with. */
  champion: z.number().nullable(),
});

/** An execution of `score-batch`. */
export const BatchExecution = z.object({ model: Name, batchId: z.string(), execution: z.string() });

/** What a batch does, and the array of its chunks. */
export const PlannedBatch = z.object({ plan: ObjectPointer, chunks: ObjectPointer });

export const MonitoringRun = z.object({ model: Name, runId: z.string(), asOf: Instant });

/** The windows that a run of monitoring looks at, see `WindowRequest`. */
export const WindowRun = MonitoringRun.extend({ scheduled: z.boolean(), window: Duration.nullable() });

/** Parses what a function was called with. @throws InvalidInputError naming each field */
export function parseInput<Shape extends z.ZodType>(shape: Shape, event: unknown): z.output<Shape> {
  const parsed = shape.safeParse(event, { reportInput: true });
  if (!parsed.success) throw new InvalidInputError(parsed.error.issues.flatMap((issue) => fromIssue(issue)));
  return parsed.data;
}
