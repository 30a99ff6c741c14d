import type { RunFacts } from '#core/compare/run-facts.ts';
import type { Estimate } from '#core/evaluate/interval.ts';
import type { RunDetails } from '#lib/client/answers.ts';
import { count, decimals, dollars, instant, seconds } from './format.ts';
import { type FactsClient, loadFacts } from './load-facts.ts';
import { bold, EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { parseReference } from './reference.ts';
import { callerName } from './runs.ts';
import { colouredStatus } from './status.ts';
import { list, table } from './table.ts';

export interface ShowRunOptions {
  readonly model: string;
  /** A run's id, or a version. */
  readonly run: string;
}

/** `leeboard runs show`: everything that was recorded of a run. */
export async function showRun(
  client: FactsClient,
  { model, run: named }: ShowRunOptions,
  print: Printer,
): Promise<ExitCode> {
  const facts = await loadFacts(client, parseReference(client.outputs, named, model));
  const run = await client.run(model, facts.runId);
  const { libraries, seed, metrics, history, trials } = facts;
  print.result({ ...run, libraries, seed, metrics, history, leaderboard: trials }, () =>
    describeRun(run, facts),
  );
  return EXIT.ok;
}

/** A run in blocks: who and what, data and code, parameters, metrics, trials, steps, artifacts. */
export function describeRun(run: RunDetails, facts: RunFacts): string {
  const blocks = [
    list(describeRecord(run, facts)),
    titled('parameters', list(entriesOf(facts.parameters))),
    titled('metrics', table(metricRows(facts.metrics))),
    titled('gates', (run.verdict ?? []).map(plain).join('\n')),
    titled('trials', table(trialRows(facts))),
    titled('steps', table(stepRows(run))),
    titled('artifacts', table(artifactRows(run))),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

const titled = (title: string, text: string) => (text === '' ? '' : `${bold(title)}\n${text}`);

function describeRecord(run: RunDetails, facts: RunFacts): (readonly [string, string])[] {
  const { startedAt, finishedAt, error, costUsd, progress } = run;
  const optional: (readonly [string, string | undefined])[] = [
    ['run', run.runId],
    ['status', colouredStatus(run.status)],
    ['version', run.version === undefined ? undefined : `${run.model}@${run.version}`],
    ['error', error && `${error.name}: ${error.message}`],
    ['reproduces', run.reproduce === undefined ? undefined : `${run.model}@${run.reproduce}`],
    ['merged into', run.mergedInto],
    ['started', `${instant(startedAt)} UTC`],
    ['took', finishedAt && seconds(startedAt, finishedAt)],
    ['cost', costUsd === undefined ? undefined : `${dollars(costUsd)} (estimate)`],
    [
      'progress',
      finishedAt || !progress ? undefined : `${progress.state} ${progress.done}/${progress.total}`,
    ],
    ...(run.requests ?? []).map(
      ({ by, at, reason }) => ['asked', `${instant(at)} by ${callerName(by)}: ${reason}`] as const,
    ),
    ['by', run.requests ? undefined : callerName(run.by)],
    ['cancelled', run.cancelled && `${instant(run.cancelled.at)} by ${callerName(run.cancelled.by)}`],
    ['as of', run.asOf],
    ['experiment', run.set && listOf(run.set)],
    ['data', listOf(facts.datasets, '@')],
    ['code', facts.codeVersion ?? undefined],
    ['spec', facts.specHash ?? undefined],
    ['libraries', listOf(facts.libraries)],
    ['algorithm', facts.algorithm ?? undefined],
    ['rounds', facts.rounds === null ? undefined : String(facts.rounds)],
    ['seed', facts.seed === null ? undefined : String(facts.seed)],
  ];
  return optional.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, name === 'status' ? value : plain(value)] as const],
  );
}

const listOf = (record: Readonly<Record<string, unknown>>, sign = ' ') =>
  Object.entries(record)
    .map(([name, value]) => `${name}${sign}${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');

const entriesOf = (record: Readonly<Record<string, unknown>>) =>
  Object.entries(record).map(([name, value]) => [plain(name), plain(JSON.stringify(value) ?? '')] as const);

function metricRows(metrics: Readonly<Record<string, Estimate>>) {
  return Object.entries(metrics).map(([metric, { value, low, high }]) => ({
    metric: plain(metric),
    value: decimals(value ?? undefined),
    low: decimals(low ?? undefined),
    high: decimals(high ?? undefined),
  }));
}

function trialRows({ trials }: RunFacts) {
  return trials.map(({ rank, number, candidate, status, value, rounds, parameters, error }) => ({
    rank: String(rank),
    trial: String(number),
    status,
    value: decimals(value ?? undefined),
    rounds: rounds === undefined ? '-' : String(rounds),
    algorithm: plain(candidate),
    parameters: plain(error ?? describeParameters(parameters)),
  }));
}

function describeParameters(parameters: Readonly<Record<string, unknown>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(3)) : value}`)
    .join(', ');
}

function stepRows({ steps = [] }: RunDetails) {
  return steps.map(({ state, startedAt, finishedAt, memoryMb }) => ({
    step: plain(state),
    'started (UTC)': instant(startedAt),
    took: seconds(startedAt, finishedAt),
    memory: `${count(memoryMb)} MB`,
  }));
}

function artifactRows({ artifacts = {} }: RunDetails) {
  return Object.entries(artifacts).map(([name, { key, size, sha256 }]) => ({
    artifact: plain(name),
    bytes: count(size),
    sha256: sha256.slice(0, 12),
    key: plain(key),
  }));
}
