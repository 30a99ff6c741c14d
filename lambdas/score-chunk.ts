import { z } from 'zod';
import { openDuckDbChunkScorer } from '#adapters/duckdb/duckdb-chunk-scorer.ts';
import { scoreChunk } from '#lib/pipelines/score-chunk.ts';
import { BatchExecution, ObjectPointer, parseInput } from './shared/payloads.ts';
import { openPredictor } from './shared/predictors.ts';
import { registry, store, variable } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';

const Index = z.int().min(0);
const Input = z.object({
  batch: BatchExecution,
  plan: ObjectPointer,
  chunk: z.object({ part: Index, chunk: Index, from: Index, rows: Index }),
});

/** Scores a chunk of a batch as online serving scores rows, once. */
export const handler = async (event: unknown): Promise<{ rows: number; refused: number }> => {
  const input = parseInput(Input, event);
  return withScratch(async (folder) => {
    const ports = {
      registry: registry(),
      store: store(),
      scorer: openDuckDbChunkScorer(folder),
      load: openPredictor,
      codeVersion: variable('CODE_VERSION'),
    };
    const { rows, refused } = await scoreChunk(ports, input, folder);
    return { rows, refused };
  });
};
