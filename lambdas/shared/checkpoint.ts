import { canonicalJson } from '#core/data/canonical-json.ts';
import { NotFoundError } from '#core/errors.ts';
import { runPrefix } from '#core/registry/bundle.ts';
import type { RunStep } from '#core/registry/records.ts';
import type { TrainingRun } from './payloads.ts';
import { store, variable } from './resources.ts';

const PREFIX = 'steps/';

/** A finished step and what it ended with. */
export interface Checkpoint<Result = unknown> extends RunStep {
  readonly result: Result;
}

/**
 * What a step of a run ends with. Done once: a second call, by a retry or a resumed run, gets the first one's answer.
 * @param state the step's name, one of its own for each of its turns
 */
export async function checkpointed<Result>(
  { model, runId }: TrainingRun,
  state: string,
  work: () => Promise<Result>,
): Promise<Result> {
  const key = `${runPrefix(model, runId)}/${PREFIX}${state}.json`;
  const earlier = await readCheckpoint<Result>(key);
  if (earlier) return earlier.result;
  const startedAt = new Date().toISOString();
  const result = await work();
  const checkpoint: Checkpoint<Result> = {
    state,
    startedAt,
    finishedAt: new Date().toISOString(),
    memoryMb: Number(variable('AWS_LAMBDA_FUNCTION_MEMORY_SIZE')),
    result,
  };
  await store().write(key, canonicalJson(checkpoint), 'application/json');
  return result;
}

/** The steps that a run has finished, in the order of their start. */
export async function finishedSteps({ model, runId }: TrainingRun): Promise<Checkpoint[]> {
  const keys = await store().list(`${runPrefix(model, runId)}/${PREFIX}`);
  const found = await Promise.all(keys.map(({ key }) => readCheckpoint(key)));
  return found
    .filter((checkpoint) => checkpoint !== undefined)
    .sort((a, b) => a.startedAt.localeCompare(b.startedAt));
}

async function readCheckpoint<Result>(key: string): Promise<Checkpoint<Result> | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await store().read(key))) as Checkpoint<Result>;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}
