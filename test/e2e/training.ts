import { readFile } from 'node:fs/promises';
import type { ModelVersion, Run } from '#core/registry/records.ts';
import type { RunDetails, TrainingOptions, VersionDetails } from '#lib/client/answers.ts';
import { hasEnded } from '#lib/commands/follow-run.ts';
import { client, example, waitFor } from './deployment.ts';
import { accept } from './orders.ts';

const MONTHS = ['flights-2013-01.parquet', 'flights-2013-02.parquet', 'flights-2013-03.parquet'];

/** What `train-model` says at its end. */
export interface TrainingResult {
  readonly version: number;
  readonly status: 'promoted' | 'refused';
  readonly metrics: Readonly<Record<string, number>>;
  readonly verdict: readonly string[];
}

/** The year's weather; what is there already changes nothing. */
export async function dropWeather(): Promise<void> {
  if ((await client.dataset('weather')).versions.length === 0)
    await dropExample('weather', 'weather-2013.parquet');
}

/** The year's weather and the first three months of flights; what is there already changes nothing. */
export async function dropFlights(): Promise<void> {
  if ((await client.dataset('flights')).versions.length >= 3) return;
  await Promise.all([dropWeather(), ...MONTHS.map((file) => dropExample('flights', file))]);
}

async function dropExample(dataset: string, file: string): Promise<void> {
  await accept(dataset, await readFile(example(file)), file);
}

/** Trains a version on the newest data. */
export async function train(model: string): Promise<TrainingResult> {
  return client.finish(await client.start('train-model', model, { by: 'anna' }));
}

/** The run that trains what was asked for through the API, once it and its execution are over. */
export async function runToEnd(model: string, options: TrainingOptions = {}): Promise<RunDetails> {
  const run = await ended(model, (await client.startRun(model, options)).runId);
  return run.mergedInto === undefined ? run : ended(model, run.mergedInto);
}

/** Waits for a run's end, and for its execution to have passed on the turn. */
export function ended(model: string, runId: string): Promise<RunDetails> {
  return waitFor(
    `the end of run ${runId}`,
    async () => {
      const run = await client.run(model, runId);
      const { status } = await client.execution(client.trainingArn(model, run.execution ?? runId));
      return hasEnded(run) && status !== 'RUNNING' && run;
    },
    300,
  );
}

/** The version of the newest run with these settings, trained when there is none. */
export async function versionWith(
  model: string,
  set?: TrainingOptions['set'],
): Promise<VersionDetails & { readonly run: RunDetails }> {
  const isSuch = (run: Run) =>
    JSON.stringify(run.set) === JSON.stringify(set) &&
    run.version !== undefined &&
    run.reproduce === undefined;
  const run = (await client.runs(model)).find(isSuch) ?? (await runToEnd(model, set && { set }));
  if (run.version === undefined) throw new Error(`${run.status}: ${run.error?.name}: ${run.error?.message}`);
  return { ...(await client.version(model, run.version)), run: await client.run(model, run.runId) };
}

/** The champion, trained when there is none. */
export async function champion(
  model: string,
  dropData: () => Promise<unknown> = dropFlights,
): Promise<ModelVersion> {
  const found = await championOf(model);
  if (found) return found;
  await dropData();
  await train(model);
  return (await championOf(model)) as ModelVersion;
}

async function championOf(model: string): Promise<ModelVersion | undefined> {
  if (!(await client.models()).some((known) => known.model === model)) return undefined;
  const { champion, versions } = await client.model(model);
  return versions.find(({ version }) => version === champion);
}
