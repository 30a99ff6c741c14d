import { z } from 'zod';
import { messageOf } from './shared/cause.ts';
import { parseInput, TrainingRun } from './shared/payloads.ts';
import { registry } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  pipeline: z.literal('train-model'),
  status: z.enum(['running', 'succeeded', 'refused', 'failed']),
  finishedAt: z.string().optional(),
  version: z.number().optional(),
  metrics: z.record(z.string(), z.number()).optional(),
  verdict: z.array(z.string()).optional(),
  error: z.object({ Error: z.string(), Cause: z.unknown().optional() }).optional(),
});

/** Keeps a run's state in the registry, failed runs too. */
export const handler = async (event: unknown): Promise<object> => {
  const { run, error, ...facts } = parseInput(Input, event);
  const { model, runId, startedAt, by } = run;
  await registry().recordRun({
    model,
    runId,
    startedAt,
    by,
    ...facts,
    ...(error && { error: { name: error.Error, message: messageOf(error.Cause) } }),
  });
  return {};
};
