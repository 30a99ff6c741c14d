import { z } from 'zod';
import { canonicalJson } from '#core/data/canonical-json.ts';
import { NotFeasibleError, NotFoundError } from '#core/errors.ts';
import { type ModelManifest, runPrefix } from '#core/registry/bundle.ts';
import { changeModel } from '#core/spec/change-model.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { newestVersion } from '#lib/pipelines/newest-version.ts';
import { checkpointed } from './shared/checkpoint.ts';
import { type DatasetChoice, type Feasible, parseInput, TrainingRun } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';
import { readSpec } from './shared/specs.ts';

const Input = z.object({ run: TrainingRun });

type Settled = z.output<typeof Feasible>;

/**
 * Settles what a run trains on and by which spec: the newest dataset versions as of its `asOf` and the deployed
 * spec with the run's own changes, or all that a version to be reproduced was made of.
 * @throws NotFeasibleError when there is no dataset version, or too few rows
 */
export const handler = async (event: unknown): Promise<Settled> => {
  const { run } = parseInput(Input, event);
  return checkpointed(run, 'CheckFeasibility', () =>
    run.reproduce === undefined ? chooseNewest(run) : chooseAgain(run, run.reproduce),
  );
};

async function chooseNewest(run: TrainingRun): Promise<Settled> {
  const deployed = await readSpec<ModelSpec>(run.spec);
  const model = run.set ? changeModel(deployed, run.set) : deployed;
  const names = [...new Set([model.from, ...model.join.map((join) => join.dataset)].map(({ name }) => name))];
  const datasets = await Promise.all(names.map((dataset) => chooseVersion(run, model, dataset)));
  const spec = await store().write(
    `${runPrefix(run.model, run.runId)}/spec.json`,
    canonicalJson(model),
    'application/json',
  );
  return { datasets, spec, specHash: spec.sha256 };
}

async function chooseVersion(
  { asOf }: TrainingRun,
  model: ModelSpec,
  dataset: string,
): Promise<z.output<typeof DatasetChoice>> {
  const latest = await newestVersion(registry(), dataset, asOf);
  if (!latest)
    throw new NotFeasibleError(
      `${model.name}: dataset ${dataset} has no version as of ${asOf}: drop a file under incoming/${dataset}/`,
    );
  if (dataset === model.from.name && latest.rows < model.minRows) {
    throw new NotFeasibleError(
      `${model.name}: expected at least ${model.minRows} rows in ${dataset}, got ${latest.rows}`,
    );
  }
  return { dataset, version: latest.version, manifest: latest.manifest };
}

async function chooseAgain(run: TrainingRun, version: number): Promise<Settled> {
  const found = await registry().modelVersion(run.model, version);
  if (!found?.manifest) throw new NotFoundError(`${run.model}@${version} does not exist`);
  const { datasets, specHash, files } = await readJson<ModelManifest>(store(), found.manifest);
  return {
    datasets: datasets.map((choice) => ({ ...choice })),
    spec: files['spec.json'],
    specHash,
    reproduced: { version, manifest: found.manifest, training: files['training.json'] },
  };
}
