import { z } from 'zod';
import { type BundleFiles, MODEL_FILE } from '#core/registry/bundle.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { registerVersion } from '#lib/pipelines/register-version.ts';
import type { TrainingRecord } from '#lib/pipelines/train-version.ts';
import type { Preparation } from '#ports/preparation.ts';
import {
  Evaluated,
  Feasible,
  fenceOf,
  ObjectPointer,
  Prepared,
  parseInput,
  Trained,
  TrainingRun,
} from './shared/payloads.ts';
import { registry, store, variable } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  feasible: Feasible,
  prepared: Prepared,
  trained: Trained,
  evaluated: Evaluated,
});

/** Keeps a run's result as the next model version. */
export const handler = async (
  event: unknown,
): Promise<{ version: number; manifest: z.output<typeof ObjectPointer> }> => {
  const { run, feasible, prepared, trained, evaluated } = parseInput(Input, event);
  const training = await readJson<TrainingRecord>(store(), trained.training);
  const preparation = await readJson<Preparation>(store(), prepared.preparation);
  const parent = (await registry().deployment(run.model))?.champion?.version ?? null;
  const registered = await registerVersion(
    store(),
    registry(),
    {
      facts: {
        model: run.model,
        createdAt: run.asOf,
        runId: run.runId,
        parent,
        specHash: feasible.specHash,
        codeVersion: variable('CODE_VERSION'),
        engine: training.engine,
        libraries: { [training.library.name]: training.library.version, duckdb: preparation.engine },
        seed: training.algorithm.seed,
        datasets: feasible.datasets,
      },
      files: {
        [MODEL_FILE[trained.engine]]: trained.model,
        'signature.json': prepared.signature,
        'decision.json': trained.decision,
        'baseline.json': prepared.baseline,
        'evaluation.json': evaluated.evaluation,
        'spec.json': prepared.spec,
        'training.json': trained.training,
      } as BundleFiles<z.output<typeof ObjectPointer>>,
      metrics: evaluated.metrics,
    },
    fenceOf(run),
  );
  return { version: registered.version, manifest: ObjectPointer.parse(registered.manifest) };
};
