import type { LiveStatus } from '#core/api/status.ts';
import { ATTENTION } from '#core/monitor/alarm-names.ts';
import type { Run } from '#core/registry/records.ts';
import { ApiError } from '#lib/client/errors.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { type Alarm, ownedAlarms } from './alarms.ts';
import { deployedModels } from './arguments.ts';
import { describeLive } from './describe-live.ts';
import { age, count, decimals } from './format.ts';
import { bold, EXIT, type ExitCode, green, type Printer, red, yellow } from './printer.ts';
import { list, table } from './table.ts';

/** A deployment at one moment. */
export interface Status {
  readonly environment: string;
  readonly region: string;
  /** Of the AWS APIs; null for AWS itself. */
  readonly endpoint: string | null;
  readonly api: string;
  /** ISO 8601, UTC. */
  readonly asOf: string;
  readonly datasets: readonly DatasetStatus[];
  readonly models: readonly ModelStatus[];
  readonly live: LiveStatus;
  readonly running: readonly {
    readonly pipeline: string;
    readonly name: string;
    readonly startedAt: string;
  }[];
}

export interface DatasetStatus {
  readonly dataset: string;
  readonly version: number | null;
  readonly rows: number;
  readonly parts: number;
  readonly createdAt: string | null;
  /** The newest 100 at most. */
  readonly rejections: number;
}

export interface ModelStatus {
  readonly model: string;
  readonly champion: number | null;
  readonly rev: number;
  readonly latest: number | null;
  /** Of the champion. */
  readonly metrics: Readonly<Record<string, number>> | null;
  readonly lastRun: Run | null;
  /** What rings; null before the model has alarms. */
  readonly attention: Attention | null;
}

export interface Attention {
  /** Of the alarm that rings while any other of its model does. */
  readonly state: Alarm['state'];
  /** What the ringing alarms are of, by name: `drift`. */
  readonly ringing: readonly string[];
}

type Client = Pick<
  LeeboardClient,
  'outputs' | 'dataset' | 'model' | 'runs' | 'alarms' | 'executions' | 'live'
>;

/** `leeboard status`: what is deployed, what it holds, what runs. */
export async function status(
  client: Client,
  { now = new Date() }: { readonly now?: Date },
  print: Printer,
): Promise<ExitCode> {
  const { environment, region, endpoint, apiUrl, datasets, stateMachines } = client.outputs;
  const pipelines = Object.keys(stateMachines);
  const [datasetStates, models, alarms, running, live] = await Promise.all([
    Promise.all(datasets.map((dataset) => datasetStatus(client, dataset))),
    Promise.all(deployedModels(client.outputs).map((model) => modelStatus(client, model))),
    ownedAlarms(client),
    Promise.all(pipelines.map((pipeline) => runningExecutions(client, pipeline))),
    client.live(),
  ]);
  const found: Status = {
    environment,
    region,
    endpoint,
    api: apiUrl,
    asOf: now.toISOString(),
    datasets: datasetStates,
    models: models.map((model) => ({ ...model, attention: attentionOf(model.model, alarms) })),
    live,
    running: running.flat(),
  };
  print.result(found, () => describeStatus(found));
  return EXIT.ok;
}

async function datasetStatus(client: Client, dataset: string): Promise<DatasetStatus> {
  const { versions, rejections } = await client.dataset(dataset);
  const [latest] = versions;
  return {
    dataset,
    version: latest?.version ?? null,
    rows: latest?.rows ?? 0,
    parts: latest?.parts ?? 0,
    createdAt: latest?.createdAt ?? null,
    rejections: rejections.length,
  };
}

async function modelStatus(client: Client, model: string): Promise<Omit<ModelStatus, 'attention'>> {
  const [details, [lastRun]] = await Promise.all([
    client.model(model).catch((error: unknown) => {
      // Deployed, but never trained.
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }),
    client.runs(model),
  ]);
  const champion = details?.versions.find(({ version }) => version === details.champion);
  return {
    model,
    champion: details?.champion ?? null,
    rev: details?.rev ?? 0,
    latest: details?.latest ?? null,
    metrics: champion?.metrics ?? null,
    lastRun: lastRun ?? null,
  };
}

function attentionOf(model: string, alarms: readonly Alarm[]): Attention | null {
  const own = alarms.filter((alarm) => alarm.model === model);
  const all = own.find(({ what }) => what === ATTENTION);
  if (!all) return null;
  const ringing = own.filter(({ what, state }) => what !== ATTENTION && state === 'ALARM');
  return { state: all.state, ringing: ringing.map(({ what }) => what) };
}

async function runningExecutions(client: Client, pipeline: string): Promise<Status['running']> {
  const found = await client.executions(pipeline, 100, 'RUNNING');
  return found.map(({ name, startedAt }) => ({ pipeline, name, startedAt }));
}

/** The status as text. */
export function describeStatus({ asOf, datasets, models, running, live, ...deployment }: Status): string {
  const place = list([
    ['environment', deployment.environment],
    ['endpoint', deployment.endpoint ?? `AWS, ${deployment.region}`],
    ['api', deployment.api],
  ]);
  const datasetRows = datasets.map(({ dataset, version, rows, parts, createdAt, rejections }) => ({
    dataset,
    version: version === null ? '-' : String(version),
    rows: count(rows),
    parts: String(parts),
    age: createdAt === null ? '-' : age(createdAt, asOf),
    rejections: rejections === 0 ? '0' : yellow(String(rejections)),
  }));
  const modelRows = models.map(({ model, champion, rev, latest, metrics, lastRun, attention }) => ({
    model,
    champion: champion === null ? '-' : String(champion),
    latest: latest === null ? '-' : String(latest),
    rev: String(rev),
    AUC: decimals(metrics?.auc),
    'log loss': decimals(metrics?.logLoss),
    'last run': lastRun ? `${colouredStatus(lastRun.status)}, ${age(lastRun.startedAt, asOf)} ago` : '-',
    attention: colouredAttention(attention),
  }));
  const runningRows = running.map(({ pipeline, name, startedAt }) => ({
    running: pipeline,
    execution: name,
    for: age(startedAt, asOf),
  }));
  return [
    place,
    table(datasetRows) || 'No datasets are deployed.',
    table(modelRows) || 'No models are deployed.',
    describeLive(live),
    table(runningRows) || `${bold('running')}  nothing`,
  ].join('\n\n');
}

/** A run's status in the colour that it deserves. */
export function colouredStatus(state: Run['status']): string {
  const colours: Partial<Record<Run['status'], (text: string) => string>> = {
    succeeded: green,
    reproduced: green,
    refused: yellow,
    cancelled: yellow,
    failed: red,
    differs: red,
  };
  return (colours[state] ?? String)(state);
}

function colouredAttention(attention: Attention | null): string {
  if (attention === null) return '-';
  const { state, ringing } = attention;
  // One of both may have changed since.
  if (ringing.length > 0 || state === 'ALARM') return red(ringing.join(', ') || state);
  return state === 'OK' ? green('none') : 'no data yet';
}
