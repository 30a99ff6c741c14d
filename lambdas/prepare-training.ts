import { join } from 'node:path';
import { z } from 'zod';
import { openDuckDbPreparer } from '#adapters/duckdb/duckdb-preparer.ts';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import { signatureOf } from '#core/serve/signature-of.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { fetchParts } from '#lib/pipelines/fetch-parts.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { checkpointed } from './shared/checkpoint.ts';
import { Feasible, type Prepared, parseInput, TrainingRun } from './shared/payloads.ts';
import { store } from './shared/resources.ts';
import { withScratch } from './shared/scratch.ts';

const Input = z.object({ run: TrainingRun, feasible: Feasible });

/** Joins, labels and splits the chosen versions; learns levels and the drift baseline. */
export const handler = async (event: unknown): Promise<z.output<typeof Prepared>> => {
  const { run, feasible } = parseInput(Input, event);
  return checkpointed(run, 'PrepareTraining', () => prepareTraining(run, feasible));
};

async function prepareTraining(
  run: TrainingRun,
  { datasets, spec }: z.output<typeof Feasible>,
): Promise<z.output<typeof Prepared>> {
  const model = await readJson<ModelSpec>(store(), spec);
  const prefix = runPrefix(run.model, run.runId);
  return withScratch(async (folder) => {
    const local = await Promise.all(
      datasets.map(async ({ dataset, manifest }) => ({
        dataset,
        parts: await fetchParts(store(), folder, manifest),
      })),
    );
    const [featuresFile, testRowsFile] = [
      join(folder, 'features.parquet'),
      join(folder, 'test-rows.parquet'),
    ];
    const preparer = openDuckDbPreparer({ spillDirectory: join(folder, 'spill') });
    const { baseline, ...preparation } = await preparer.prepare({
      model,
      datasets: local,
      featuresFile,
      testRowsFile,
    });
    const json = (name: string, value: unknown) =>
      store().write(`${prefix}/${name}`, canonicalJson(value), 'application/json');
    return {
      features: await store().upload(featuresFile, `${prefix}/features.parquet`),
      testRows: await store().upload(testRowsFile, `${prefix}/test-rows.parquet`),
      preparation: await json('preparation.json', preparation),
      baseline: await json('baseline.json', { format: 1, columns: baseline }),
      signature: await json('signature.json', signatureOf(model, preparation.levels, preparation.classes)),
      spec,
    };
  });
}
