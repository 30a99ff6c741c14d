import type { ModelVersion, Run } from '#core/registry/records.ts';
import type { VersionEvaluation } from '#core/training/evaluation.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { SetUpError } from '../set-up-error.ts';

const MODEL = flightsLate.name;

/** A quick experiment that should not replace anything: five small steps of learning. */
const HASTY = { 'algorithm.rounds': 5, 'algorithm.learningRate': 0.05 };
const SEARCH = { 'search.trials': 12, 'search.parallel': 4 };

/** What became of a training that the story asked for. */
export interface Judged {
  readonly run: Run;
  readonly version: ModelVersion;
  readonly evaluation: VersionEvaluation;
  readonly reused: boolean;
}

/** A worse challenger: its gates refuse it. */
export const tryHastyModel = (client: LeeboardClient) =>
  trainWith(client, HASTY, 'an experiment: five rounds');

/** The search for a better one, on the newest data. */
export const searchBetterModel = (client: LeeboardClient) =>
  trainWith(client, SEARCH, 'two months came: search again');

/** `passes its gates`, or `is refused` and the sentence that says why. */
export function describeOutcome(judged: Judged): string {
  return judged.run.status === 'succeeded' ? 'passes its gates' : `is refused: ${refusalOf(judged)}`;
}

/** What its gates said first: a refusal, where there is one. */
export function refusalOf({ run }: Judged): string {
  return run.verdict?.[0] ?? '';
}

/** Losses of version and champion on the same rows, the newest; undefined for a first version. */
export function againstChampion({ evaluation }: Judged) {
  const { champion, challenger } = evaluation.champion?.nonInferiority ?? {};
  return typeof champion === 'number' && typeof challenger === 'number'
    ? { champion, challenger }
    : undefined;
}

/** Trains with changed settings, unless that was done on the newest data before. */
async function trainWith(client: LeeboardClient, set: Run['set'], reason: string): Promise<Judged> {
  const earlier = await findRun(client, set);
  if (!earlier)
    await client.finish(await client.start('train-model', MODEL, { by: 'npm start', reason, set }));
  const run = earlier ?? (await findRun(client, set));
  const { versions } = await client.model(MODEL);
  const version = versions.find((candidate) => candidate.version === run?.version);
  if (!run || !version)
    throw new SetUpError(
      `the run with ${JSON.stringify(set)} left no version: see "npx leeboard runs ${MODEL}"`,
    );
  const { evaluation } = await client.version(MODEL, version.version);
  return { run, version, evaluation, reused: earlier !== undefined };
}

async function findRun(client: LeeboardClient, set: Run['set']): Promise<Run | undefined> {
  const newest = (await client.dataset('flights')).versions[0]?.version;
  const ended = (await client.runs(MODEL)).filter(({ version }) => version !== undefined);
  return ended.find(
    ({ set: own, datasets }) => JSON.stringify(own) === JSON.stringify(set) && datasets?.flights === newest,
  );
}
