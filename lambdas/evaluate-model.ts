import { join } from 'node:path';
import { z } from 'zod';
import { openDuckDbReader } from '#adapters/duckdb/duckdb-reader.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import type { Decision } from '#core/serve/decision.ts';
import type { Signature } from '#core/serve/signature.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import { evaluateVersion } from '#lib/pipelines/evaluate-version.ts';
import { loadBundle, readJson } from '#lib/pipelines/load-bundle.ts';
import type { TrainingRecord } from '#lib/pipelines/train-version.ts';
import type { Preparation } from '#ports/preparation.ts';
import { checkpointed } from './shared/checkpoint.ts';
import { type Evaluated, Prepared, parseInput, Trained, TrainingRun } from './shared/payloads.ts';
import { openPredictor } from './shared/predictors.ts';
import { registry, store } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';
import { readSets } from './shared/training.ts';

const Input = z.object({ run: TrainingRun, prepared: Prepared, trained: Trained });

type Input = z.output<typeof Input>;

/** Judges a trained version on the newest rows, and against the champion on the same rows. */
export const handler = async (event: unknown): Promise<z.output<typeof Evaluated>> => {
  const input = parseInput(Input, event);
  return checkpointed(input.run, 'EvaluateModel', () => evaluateModel(input));
};

async function evaluateModel({ run, prepared, trained }: Input): Promise<z.output<typeof Evaluated>> {
  const [signature, model, preparation, training, decision, bytes] = await Promise.all([
    readJson<Signature>(store(), prepared.signature),
    readJson<ModelSpec>(store(), prepared.spec),
    readJson<Preparation>(store(), prepared.preparation),
    readJson<TrainingRecord>(store(), trained.training),
    readJson<Decision>(store(), trained.decision),
    store().readVerified(trained.model),
  ]);
  const open = () => openPredictor(trained.engine, bytes, signature);
  const challenger = { signature, decision, predictor: open(), model: bytes };
  const champion = await loadChampion(run.model);
  try {
    const sets = await readSets(prepared.features, signature);
    const testRows = await withScratch(async (folder) => {
      const file = join(folder, 'test-rows.parquet');
      await store().downloadVerified(prepared.testRows, file);
      return (await openDuckDbReader(join(folder, 'spill')).readColumns(file)).columns;
    });
    const evaluation = evaluateVersion({
      model,
      algorithm: training.algorithm,
      challenger,
      reload: open,
      champion,
      sets,
      testRows,
      joins: preparation.joins,
      clock: () => performance.now(),
    });
    const key = `${runPrefix(run.model, run.runId)}/evaluation.json`;
    return {
      evaluation: await store().write(key, canonicalJson(evaluation), 'application/json'),
      metrics: pointMetrics(evaluation),
      champion: champion?.version ?? null,
    };
  } finally {
    challenger.predictor.close();
    champion?.predictor.close();
  }
}

async function loadChampion(model: string) {
  const deployment = await registry().deployment(model);
  if (!deployment?.champion) return null;
  const {
    manifest,
    signature,
    decision,
    model: bytes,
  } = await loadBundle(store(), deployment.champion.manifest);
  return {
    version: deployment.champion.version,
    signature,
    decision,
    predictor: openPredictor(manifest.engine, bytes, signature),
  };
}

function pointMetrics({ test }: VersionEvaluation): Record<string, number> {
  const values = Object.entries(test.metrics).flatMap(([name, { value }]) =>
    value === null ? [] : [[name, value] as const],
  );
  return { rows: test.rows, ...Object.fromEntries(values) };
}
