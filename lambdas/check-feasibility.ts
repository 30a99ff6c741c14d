import { z } from 'zod';
import { NotFeasibleError } from '#core/errors.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { type DatasetChoice, parseInput, TrainingRun } from './shared/payloads.ts';
import { registry } from './shared/resources.ts';
import { readSpec } from './shared/specs.ts';

const Input = z.object({ run: TrainingRun });

/** Chooses the newest dataset versions as of the run's `asOf`. @throws NotFeasibleError when there are none, or too few rows */
export const handler = async (event: unknown): Promise<{ datasets: z.output<typeof DatasetChoice>[] }> => {
  const { run } = parseInput(Input, event);
  const model = await readSpec<ModelSpec>(run.spec);
  const names = [...new Set([model.from, ...model.join.map((join) => join.dataset)].map(({ name }) => name))];
  const datasets = await Promise.all(
    names.map(async (dataset) => {
      const versions = await registry().datasetVersions(dataset, { limit: 1000 });
      const latest = versions.find(({ createdAt }) => createdAt <= run.asOf);
      if (!latest)
        throw new NotFeasibleError(
          `${model.name}: dataset ${dataset} has no version as of ${run.asOf}: drop a file under incoming/${dataset}/`,
        );
      if (dataset === model.from.name && latest.rows < model.minRows) {
        throw new NotFeasibleError(
          `${model.name}: expected at least ${model.minRows} rows in ${dataset}, got ${latest.rows}`,
        );
      }
      return { dataset, version: latest.version, manifest: latest.manifest };
    }),
  );
  return { datasets };
};
