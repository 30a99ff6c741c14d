import { join } from 'node:path';
import { z } from 'zod';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { openXgboost } from '#adapters/xgboost/library.ts';
import { loadPredictor } from '#adapters/xgboost/predict.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { evaluateVersion } from '../lib/pipelines/evaluate-version.ts';
import { loadBundle, readJson } from '../lib/pipelines/load-bundle.ts';
import { libxgboost } from './shared/libxgboost.ts';
import { type Evaluated, Prepared, parseInput, Trained, TrainingRun } from './shared/payloads.ts';
import { once, registry, store } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';

const Input = z.object({ run: TrainingRun, prepared: Prepared, trained: Trained });

const xgboost = once(() => openXgboost(libxgboost()));

/** Judges a trained version on the newest rows, and against the champion on the same rows. */
export const handler = async (event: unknown): Promise<z.output<typeof Evaluated>> => {
  const { run, prepared, trained } = parseInput(Input, event);
  const signature = await readJson<Signature>(store(), prepared.signature);
  const { gates } = await readJson<ModelSpec>(store(), prepared.spec);
  const challenger = {
    signature,
    predictor: loadPredictor(xgboost(), await store().readVerified(trained.model)),
  };
  const champion = await loadChampion(run.model);
  try {
    const evaluation = await withScratch(async (folder) => {
      const read = async (pointer: typeof prepared.features, name: string) => {
        await store().downloadVerified(pointer, join(folder, name));
        return (await openDuckDbReader(join(folder, 'spill')).readColumns(join(folder, name))).columns;
      };
      const features = await read(prepared.features, 'features.parquet');
      const testRows = await read(prepared.testRows, 'test-rows.parquet');
      return evaluateVersion({ challenger, champion, gates, features, testRows });
    });
    const key = `${runPrefix(run.model, run.runId)}/evaluation.json`;
    return {
      evaluation: await store().write(key, canonicalJson(evaluation), 'application/json'),
      metrics: pointMetrics(evaluation),
    };
  } finally {
    challenger.predictor.close();
    champion?.predictor.close();
  }
};

async function loadChampion(model: string) {
  const deployment = await registry().deployment(model);
  if (!deployment?.champion) return null;
  const bundle = await loadBundle(store(), deployment.champion.manifest);
  return {
    version: deployment.champion.version,
    signature: bundle.signature,
    predictor: loadPredictor(xgboost(), bundle.model),
  };
}

function pointMetrics({ test }: VersionEvaluation): Record<string, number> {
  const values = Object.entries(test.metrics).flatMap(([name, { value }]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { rows: test.rows, ...Object.fromEntries(values) };
}
