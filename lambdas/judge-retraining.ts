import { join } from 'node:path';
import { z } from 'zod';
import { openDuckDbPreparer } from '#adapters/duckdb/duckdb-preparer.ts';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { Instant } from '#core/api/instant.ts';
import type { JudgedAction } from '#core/retrain/records.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { Name } from '#core/spec/parse-spec.ts';
import { judgeRetraining } from '#lib/pipelines/judge-retraining.ts';
import { pauseAtRandom } from '#lib/pipelines/pause-at-random.ts';
import { recordJudgement } from '#lib/pipelines/record-judgement.ts';
import { openTrainingRows } from '#lib/pipelines/training-rows.ts';
import { parseInput, SpecPointer } from './shared/payloads.ts';
import { openPredictor } from './shared/predictors.ts';
import { registry, store, variable } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';
import { readSpec } from './shared/specs.ts';
import { enginesFor, THREADS } from './shared/training.ts';

const Input = z.object({
  model: Name,
  decision: z.number().int().min(1),
  /** Name of the execution. */
  runId: z.string(),
  asOf: Instant,
  spec: SpecPointer,
});

/** Judges whether training a model again would help, before it is done, records it and says what to do. */
export const handler = async (event: unknown): Promise<JudgedAction> => {
  const { model: name, decision, runId: execution, asOf, spec } = parseInput(Input, event);
  const model = await readSpec<ModelSpec>(spec);
  const { judgement, verdict, judgementFile } = await withScratch((folder) =>
    judgeRetraining(
      {
        store: store(),
        registry: registry(),
        rows: openTrainingRows({
          store: store(),
          preparer: openDuckDbPreparer({ spillDirectory: join(folder, 'spill') }),
          reader: openDuckDbReader(join(folder, 'spill-too')),
          folder,
        }),
        enginesFor,
        openChampion: ({ manifest, signature, model }) => openPredictor(manifest.engine, model, signature),
      },
      {
        model,
        specHash: spec.sha256,
        codeVersion: variable('CODE_VERSION'),
        decision,
        execution,
        asOf,
        threads: THREADS,
      },
    ),
  );
  return recordJudgement(
    { registry: registry(), pause: pauseAtRandom },
    { model: name, decision, execution, judgement, verdict, judgementFile, asOf },
  );
};
