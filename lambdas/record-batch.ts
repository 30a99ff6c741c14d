import { z } from 'zod';
import { batchIdOf } from '#lib/pipelines/control-batches.ts';
import { failBatch } from '#lib/pipelines/end-batch.ts';
import { messageOf } from './shared/cause.ts';
import { BatchExecution, parseInput } from './shared/payloads.ts';
import { registry } from './shared/resources.ts';

const Input = z.object({
  batch: BatchExecution.partial({ batchId: true }),
  /** As Step Functions says it; an execution that was stopped or timed out says nothing. */
  failure: z
    .object({ Error: z.string(), Cause: z.unknown().optional() })
    .default({ Error: 'ExecutionLost', Cause: 'the execution was stopped or timed out' }),
});

/** Records that a batch failed. @returns what it failed of, as Step Functions says it */
export const handler = async (event: unknown): Promise<{ failure: { Error: string; Cause: string } }> => {
  const { batch, failure } = parseInput(Input, event);
  const batchId = batch.batchId ?? batchIdOf(batch.execution);
  const error = { name: failure.Error, message: messageOf(failure.Cause) };
  const { name, message } = await failBatch(
    registry(),
    { ...batch, batchId },
    error,
    new Date().toISOString(),
  );
  return { failure: { Error: name, Cause: message } };
};
