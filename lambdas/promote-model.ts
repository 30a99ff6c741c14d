import { z } from 'zod';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { emptyDeployment, promoteModel } from '#core/registry/change-deployment.ts';
import { stagesOf } from '#core/rollout/stages.ts';
import type { ModelSpec } from '#core/spec/model.ts';
import { readJson } from '#lib/pipelines/load-bundle.ts';
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

/** `rollout`: it is to be tried beside the champion first; `held`: the deployment is frozen. */
interface Promoted {
  readonly outcome: 'promoted' | 'rollout' | 'held';
  readonly rev: number;
  readonly reason: string;
}

/**
 * Makes an approved version champion, unless its spec wants it to be tried first and there is a champion to try it
 * beside. @throws ConflictError when another writer was first
 */
export const handler = async (event: unknown): Promise<Promoted> => {
  const { run, prepared, version, approvedSha256, comparedWith } = parseInput(Input, event);
  const record = await registry().modelVersion(run.model, version);
  if (!record) throw new NotFoundError(`${run.model}@${version} does not exist`);
  const current = (await registry().deployment(run.model)) ?? emptyDeployment(run.model, run.asOf);
  const champion = current.champion?.version ?? null;
  if (champion !== comparedWith && champion !== version) {
    throw new ConflictError(
      `${run.model}@${version} was compared with ${describe(comparedWith)}, now the champion is ${describe(champion)}: train again`,
    );
  }
  const reason = `run ${run.runId}: passed its gates, approved by policy`;
  if (current.frozen && champion !== version) return { outcome: 'held', rev: current.rev, reason };
  const { rollout } = await readJson<ModelSpec>(store(), prepared.spec);
  if (stagesOf(rollout).length > 0 && champion !== null && champion !== version) {
    return { outcome: 'rollout', rev: current.rev, reason };
  }
  const change = promoteModel(current, { version: record, approvedSha256, by: run.by, at: run.asOf, reason });
  const saved = change ? await registry().commitDeployment(change, fenceOf(run)) : current;
  return { outcome: 'promoted', rev: saved.rev, reason };
};

const describe = (version: number | null) => (version === null ? 'no champion' : `version ${version}`);
