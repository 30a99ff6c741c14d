import { z } from 'zod';
import type { ModelManifest } from '#core/registry/bundle.ts';
import { compareBundle } from '#core/registry/compare-bundle.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import type { TrainingRecord } from '#lib/pipelines/train-version.ts';
import { ObjectPointer, Prepared, parseInput, Trained, TrainingRun } from './shared/payloads.ts';
import { store, variable } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  reproduced: z.object({ version: z.number(), manifest: ObjectPointer }),
  prepared: Prepared,
  trained: Trained,
});

/** Compares what came out of training again with the version that it is of, by hash. */
export const handler = async (event: unknown): Promise<ReturnType<typeof compareBundle>> => {
  const { reproduced, prepared, trained } = parseInput(Input, event);
  const manifest = await readJson<ModelManifest>(store(), reproduced.manifest);
  const { library } = await readJson<TrainingRecord>(store(), trained.training);
  return compareBundle(manifest, {
    files: {
      model: trained.model,
      'signature.json': prepared.signature,
      'decision.json': trained.decision,
      'baseline.json': prepared.baseline,
    },
    codeVersion: variable('CODE_VERSION'),
    library,
  });
};
