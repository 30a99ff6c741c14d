import { z } from 'zod';
import { NotFoundError } from '#core/errors.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
import { type Promoted, promoteVersion } from '#lib/pipelines/promote-version.ts';
import { fenceOf, Prepared, parseInput, TrainingRun } from './shared/payloads.ts';
import { registry, store } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  prepared: Prepared.pick({ spec: true }),
  version: z.number(),
  approvedSha256: z.string(),
  /** The champion of its evaluation. */
  comparedWith: z.number().nullable(),
});

/** Makes a version that policy approved champion, or leaves it to its rollout. @throws ConflictError as `promoteVersion` */
export const handler = async (
  event: unknown,
): Promise<Pick<Promoted, 'outcome' | 'rev'> & { readonly reason: string }> => {
  const { run, prepared, version: number, ...request } = parseInput(Input, event);
  const version = await registry().modelVersion(run.model, number);
  if (!version) throw new NotFoundError(`${run.model}@${number} does not exist`);
  const { rollout } = await readJson<ModelSpec>(store(), prepared.spec);
  const reason = `run ${run.runId}: passed its gates, approved by policy`;
  const mandate = { by: run.by, at: run.asOf, reason };
  const { outcome, rev } = await promoteVersion(
    registry(),
    { version, rollout, ...request, ...mandate },
    fenceOf(run),
  );
  return { outcome, rev, reason };
};
