import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { openWorkerTrainer } from '#adapters/xgboost/worker-trainer.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import type { ObjectPointer } from '#core/registry/records.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { TrainingEngines } from '#lib/pipelines/train-version.ts';
import type { PreparedSets } from '#ports/preparation.ts';
import { libxgboost } from './libxgboost.ts';
import { openPredictor } from './predictors.ts';
import { once, store } from './resources.ts';
import { withScratch } from './scratch.ts';

/** Part of a model's identity, so the same wherever it is trained. */
export const THREADS = 2;

/** Trains in a worker that is bundled beside the handler. */
export const trainer = once(() =>
  openWorkerTrainer(libxgboost(), pathToFileURL(join(__dirname, 'train-worker.js'))),
);

export const enginesFor = (signature: Signature): TrainingEngines => ({
  trainer: trainer(),
  open: (engine, model) => openPredictor(engine, model, signature),
});

let held: { key: string; sets: PreparedSets } | undefined;

/** A run's rows as matrices. The last ones stay in memory: a function that is called again has them at hand. */
export async function readSets(features: ObjectPointer, signature: Signature): Promise<PreparedSets> {
  // The file has texts, which the signature's levels make numbers.
  const key = `${features.sha256} ${canonicalJson(signature)}`;
  if (held?.key === key) return held.sets;
  held = undefined; // both at once might not fit
  const sets = await withScratch(async (folder) => {
    const file = join(folder, 'features.parquet');
    await store().downloadVerified(features, file);
    return openDuckDbReader(join(folder, 'spill')).readSets(file, signature);
  });
  held = { key, sets };
  return sets;
}
