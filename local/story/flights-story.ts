import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { evaluateBinary } from '#core/evaluate/index.ts';
import type { DatasetVersion, ModelVersion } from '#core/registry/records.ts';
import type { BinaryPrediction, PredictionAnswer } from '#core/serve/answer.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { clientConfig } from '#lib/client/outputs.ts';
import { flightsLate } from '../../models/flights-late.ts';
import { SetUpError } from '../set-up-error.ts';
import { root } from '../work-directory.ts';
import { type LabelledRequests, readRequests } from './april.ts';
import { percentile } from './steps.ts';

const DATA = join(root, 'examples/nycflights13');
const MODEL = flightsLate.name;
/** What comes later: its truth teaches the next version. April stays for whoever tries the command line. */
const LATER = ['05', '06'].map((month) => ({ dataset: 'flights', file: `flights-2013-${month}.parquet` }));

const ROWS_A_REQUEST = 1000;
const PATIENCE_MS = 120_000;

/** What producers drop: the year's weather and the first three months of flights. */
const DROPS = [
  { dataset: 'weather', file: 'weather-2013.parquet' },
  ...['01', '02', '03'].map((month) => ({ dataset: 'flights', file: `flights-2013-${month}.parquet` })),
];

/** Drops the flights of May and June, too. */
export const dropLater = (client: LeeboardClient) => dropData(client, LATER);

/** Drops what the datasets do not have yet and waits until all of it is a version. */
export async function dropData(
  client: LeeboardClient,
  drops = DROPS,
): Promise<{ dropped: number; versions: DatasetVersion[] }> {
  const held = await sources(client);
  const missing = drops.filter(({ dataset, file }) => !held.has(`${dataset}/${file}`));
  await Promise.all(missing.map(({ dataset, file }) => client.drop(join(DATA, file), dataset)));
  await until(`${missing.length} drops to be dataset versions`, async () => {
    const now = await sources(client);
    return missing.every(({ dataset, file }) => now.has(`${dataset}/${file}`));
  });
  const latest = await Promise.all(
    ['weather', 'flights'].map(async (name) => (await client.dataset(name)).versions[0]),
  );
  return { dropped: missing.length, versions: latest.filter((version) => version !== undefined) };
}

/** `<dataset>/<file>` of every drop that is in a version; a rejection of ours ends the story. */
async function sources(client: LeeboardClient): Promise<Set<string>> {
  const found = new Set<string>();
  for (const name of new Set(DROPS.map(({ dataset }) => dataset))) {
    const { versions, rejections } = await client.dataset(name);
    for (const { added } of versions) found.add(/incoming\/([^?]+)/.exec(added.source)?.[1] ?? '');
    const refused = rejections.find(({ source }) => DROPS.some(({ file }) => source.includes(file)));
    if (refused)
      throw new SetUpError(
        `a drop was refused by ${refused.rules.join(', ')}: ${refused.source}, see ${refused.reportKey}`,
      );
  }
  return found;
}

/** The champion if it was trained on the newest data, else a new version. */
export async function train(client: LeeboardClient): Promise<{ version: ModelVersion; reused: boolean }> {
  const existing = await championOf(client);
  const newest = await Promise.all(
    ['weather', 'flights'].map(async (name) => (await client.dataset(name)).versions[0]),
  );
  const isCurrent =
    existing && newest.every((data) => data && existing.datasets[data.dataset] === data.version);
  if (isCurrent) return { version: existing, reused: true };
  await client.finish(await client.start('train-model', MODEL, { by: 'npm start' }));
  const version = await championOf(client);
  if (!version)
    throw new SetUpError(
      `${MODEL} has no champion: its gates refused the new version, see "npx leeboard runs ${MODEL}"`,
    );
  return { version, reused: false };
}

async function championOf(client: LeeboardClient): Promise<ModelVersion | undefined> {
  const known = (await client.models()).some(({ model, champion }) => model === MODEL && champion !== null);
  if (!known) return undefined;
  const { champion, versions } = await client.model(MODEL);
  return versions.find(({ version }) => version === champion);
}

/** Rows that a version learned from. */
export async function trainedRows(client: LeeboardClient, version: number): Promise<number> {
  const found = await client.request<{ training: { rows: number } }>(
    'GET',
    `/v1/models/${MODEL}/versions/${version}`,
  );
  return found.training.rows;
}

/** April's flights as requests, with their truth: the story never drops them, so no version has seen them. */
export function readApril(): Promise<LabelledRequests> {
  const files = {
    flights: join(DATA, 'flights-2013-04.parquet'),
    weather: join(DATA, 'weather-2013.parquet'),
  };
  return readRequests(flightsLate, files);
}

/** Asks the champion, which is a binary model. */
export async function predict(client: LeeboardClient, rows: LabelledRequests['rows']) {
  return (await client.predict(MODEL, rows)) as PredictionAnswer<BinaryPrediction>;
}

/** Predicts over HTTP and joins the truth. */
export async function predictAll(client: LeeboardClient, { rows, labels }: LabelledRequests) {
  const probabilities: number[] = [];
  for (let start = 0; start < rows.length; start += ROWS_A_REQUEST) {
    const answer = await predict(client, rows.slice(start, start + ROWS_A_REQUEST));
    probabilities.push(...answer.predictions.map(({ probability }) => probability));
  }
  const { metrics } = evaluateBinary(labels, probabilities);
  return { rows: rows.length, auc: metrics.auc.value as number, logLoss: metrics.logLoss.value as number };
}

/** Runs `monitor-model` once the log has all predictions of this story; waits for the alarm's verdict. */
export async function watch(client: LeeboardClient, rows: number) {
  const monitored = await until(`${rows} predictions to be in the log`, async () => {
    const arn = await client.start('monitor-model', MODEL);
    const result = await client.finish<{
      rows: number;
      psi: number | null;
      column: string;
      drifted: string[];
      reportKey: string;
    }>(arn);
    return result.rows >= rows && result;
  });
  if (monitored.psi === null)
    throw new SetUpError('monitor-model measured no drift: the window has no baseline to compare with');
  const psi = monitored.psi;
  const cloudwatch = new CloudWatchClient(clientConfig(client.outputs));
  const expected = monitored.drifted.length > 0 ? 'ALARM' : 'OK';
  const alarm = await until(`the drift alarm to be ${expected}`, async () => {
    const { MetricAlarms = [] } = await cloudwatch.send(
      new DescribeAlarmsCommand({ AlarmNames: [client.outputs.alarms[MODEL] as string] }),
    );
    return MetricAlarms[0]?.StateValue === expected && MetricAlarms[0];
  });
  return { ...monitored, psi, alarm: alarm.StateValue as string };
}

/** Milliseconds of warm requests over HTTP, signed. */
export async function measureLatency(client: LeeboardClient, { rows }: LabelledRequests) {
  const measure = async (size: number, times: number) => {
    const durations: number[] = [];
    for (let index = 0; index < times; index++) {
      const batch = rows.slice(index * size, (index + 1) * size);
      const start = performance.now();
      await client.predict(MODEL, batch);
      durations.push(performance.now() - start);
    }
    return { p50: percentile(durations, 0.5), p99: percentile(durations, 0.99) };
  };
  return { rows1: await measure(1, 100), rows10: await measure(10, 100), rows1000: await measure(1000, 20) };
}

/** @throws SetUpError when the check gives nothing for so long */
export async function until<T>(
  what: string,
  check: () => Promise<T | false | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (Date.now() > end) throw new SetUpError(`waited ${patienceMs / 1000} s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
