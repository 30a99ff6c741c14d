import { z } from 'zod';
import { endBatch } from '#lib/pipelines/end-batch.ts';
import { BatchExecution, ObjectPointer, parseInput } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';

const Input = z.object({ batch: BatchExecution, plan: ObjectPointer });

/** Makes sure that all of a batch is there, and says so. */
export const handler = async (event: unknown): Promise<{ rows: number; refused: number }> => {
  const ports = { registry: registry(), store: store() };
  const { rows, refused = 0 } = await endBatch(ports, parseInput(Input, event), new Date().toISOString());
  return { rows, refused };
};
