import { z } from 'zod';
import { NotFoundError } from '#core/errors.ts';
import { emptyDeployment, promoteModel } from '#core/registry/promote-model.ts';
import { parseInput, TrainingRun } from './shared/payloads.ts';
import { registry } from './shared/resources.ts';

const Input = z.object({ run: TrainingRun, version: z.number(), approvedSha256: z.string() });

/** Makes an approved version champion. @throws ConflictError when another writer was first */
export const handler = async (event: unknown): Promise<{ rev: number; champion: number }> => {
  const { run, version, approvedSha256 } = parseInput(Input, event);
  const record = await registry().modelVersion(run.model, version);
  if (!record) throw new NotFoundError(`${run.model}@${version} does not exist`);
  const current = (await registry().deployment(run.model)) ?? emptyDeployment(run.model, run.asOf);
  const reason = `run ${run.runId}: passed its gates, approved by policy`;
  const change = promoteModel(current, { version: record, approvedSha256, by: run.by, at: run.asOf, reason });
  const saved = change ? await registry().commitDeployment(change) : current;
  return { rev: saved.rev, champion: version };
};
