import { SetUpError } from '../../set-up-error.ts';
import type { World } from './start-world.ts';

/** Trains a model by hand. @returns its new champion @throws SetUpError when its gates refuse the version */
export async function trainModel(
  { client }: Pick<World, 'client'>,
  model: string,
  reason: string,
): Promise<number> {
  const arn = await client.start('train-model', model, { by: 'npm start', reason });
  await client.finish(arn);
  const [run] = await client.runs(model);
  const { champion } = await client.deployment(model);
  if (run?.version !== undefined && run.version === champion) return champion;
  throw new SetUpError(
    `${model} has ${champion === null ? 'no champion' : `champion ${champion}`} after "${reason}": its run ${run?.runId} is ${run?.status}: ${run?.verdict?.[0] ?? run?.error?.message ?? ''}`,
  );
}
