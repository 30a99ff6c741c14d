import { z } from 'zod';
import { planBatch } from '#lib/pipelines/plan-batch.ts';
import { BatchExecution, type PlannedBatch, parseInput } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';

const Input = z.object({ batch: BatchExecution });

/** Plans a batch: which rows of which parts are scored together, by what. */
export const handler = async (event: unknown): Promise<z.output<typeof PlannedBatch>> =>
  planBatch({ registry: registry(), store: store() }, parseInput(Input, event).batch);
