import { z } from 'zod';
import { InvalidInputError } from '#core/errors.ts';
import { parseInstant } from '#core/serve/instant.ts';
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

/** ISO 8601; becomes UTC with milliseconds. */
const Instant = z.string().transform((text, context) => {
  const instant = parseInstant(text);
  if (instant !== undefined) return new Date(instant).toISOString();
  context.addIssue({ code: 'custom', message: 'an ISO 8601 instant, such as 2013-01-31T00:00:00Z' });
  return z.NEVER;
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
});

export const DatasetChoice = z.object({ dataset: Name, version: z.number(), manifest: ObjectPointer });

export const Prepared = z.object({
  features: ObjectPointer,
  testRows: ObjectPointer,
  preparation: ObjectPointer,
  baseline: ObjectPointer,
  signature: ObjectPointer,
  spec: ObjectPointer,
});

export const Trained = z.object({ model: ObjectPointer, training: ObjectPointer });

export const Evaluated = z.object({ evaluation: ObjectPointer, metrics: z.record(z.string(), z.number()) });

export const MonitoringRun = z.object({ model: Name, runId: z.string(), asOf: Instant });

/** Parses what a function was called with. @throws InvalidInputError naming each field */
export function parseInput<Shape extends z.ZodType>(shape: Shape, event: unknown): z.output<Shape> {
  const parsed = shape.safeParse(event, { reportInput: true });
  if (!parsed.success) throw new InvalidInputError(parsed.error.issues.flatMap((issue) => fromIssue(issue)));
  return parsed.data;
}
