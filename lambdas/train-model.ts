import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { openWorkerTrainer } from '#adapters/xgboost/worker-trainer.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '../lib/pipelines/load-bundle.ts';
import { trainVersion } from '../lib/pipelines/train-version.ts';
import { libxgboost } from './shared/libxgboost.ts';
import { Prepared, parseInput, type Trained, TrainingRun } from './shared/payloads.ts';
import { store } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';

/** Part of a model's identity, so the same wherever it is trained. */
const THREADS = 2;

const Input = z.object({ run: TrainingRun, prepared: Prepared });

/** Trains a version on the prepared rows. */
export const handler = async (event: unknown): Promise<z.output<typeof Trained>> => {
  const { run, prepared } = parseInput(Input, event);
  const signature = await readJson<Signature>(store(), prepared.signature);
  const { algorithm } = await readJson<ModelSpec>(store(), prepared.spec);
  const trainer = openWorkerTrainer(libxgboost(), pathToFileURL(join(__dirname, 'train-worker.js')));
  return withScratch(async (folder) => {
    const file = join(folder, 'features.parquet');
    await store().downloadVerified(prepared.features, file);
    const { columns } = await openDuckDbReader(join(folder, 'spill')).readColumns(file);
    const { model, record } = await trainVersion(trainer, signature, algorithm, columns, THREADS);
    const prefix = runPrefix(run.model, run.runId);
    return {
      model: await store().write(`${prefix}/model.ubj`, model),
      training: await store().write(`${prefix}/training.json`, canonicalJson(record), 'application/json'),
    };
  });
};
