import { z } from 'zod';
import { ConflictError, NotFoundError } from '#core/errors.ts';
import { emptyDeployment, promoteModel } from '#core/registry/change-deployment.ts';
import { fenceOf, parseInput, TrainingRun } from './shared/payloads.ts';
import { registry } from './shared/resources.ts';

const Input = z.object({
  run: TrainingRun,
  version: z.number(),
  approvedSha256: z.string(),
  /** The champion of its evaluation. */
  comparedWith: z.number().nullable(),
});

/** Makes an approved version champion. @throws ConflictError when another writer was first */
export const handler = async (event: unknown): Promise<{ rev: number; champion: number }> => {
  const { run, version, approvedSha256, comparedWith } = parseInput(Input, event);
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
  const change = promoteModel(current, { version: record, approvedSha256, by: run.by, at: run.asOf, reason });
  const saved = change ? await registry().commitDeployment(change, fenceOf(run)) : current;
  return { rev: saved.rev, champion: version };
};

const describe = (version: number | null) => (version === null ? 'no champion' : `version ${version}`);
