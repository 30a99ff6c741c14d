import { compareValues } from '#core/compare/compare-metrics.ts';
import type { Run } from '#core/registry/records.ts';
import { METRICS } from '#core/spec/task.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown, UsageError } from './arguments.ts';
import { decimals, dollars, instant, seconds } from './format.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { colouredStatus } from './status.ts';
import { table } from './table.ts';

export interface RunsOptions {
  readonly model: string;
  /** `started`, `took`, `cost`, or a metric. @default 'started' */
  readonly sort?: string;
}

/** `leeboard runs`: a model's runs, newest first, or the best first by a metric. */
export async function runs(
  client: Pick<LeeboardClient, 'outputs' | 'runs'>,
  { model, sort = 'started' }: RunsOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  requireOrder(sort);
  const found = sortRuns(await client.runs(model), sort);
  print.result({ model, sort, runs: found }, () => describeRuns(model, found, sort));
  return EXIT.ok;
}

const OTHER_ORDERS = ['started', 'took', 'cost'];
const SORTABLE = [...OTHER_ORDERS, ...new Set(Object.values(METRICS).flat())];

function requireOrder(sort: string): void {
  if (SORTABLE.includes(sort)) return;
  throw new UsageError(`--sort: expected one of ${SORTABLE.join(', ')}, got ${JSON.stringify(sort)}`);
}

/**
 * Runs by a metric, the best first; by `took` or `cost`, the most first; by `started`, the newest first. Those without
 * the value come last, whatever the order; equals stay newest first.
 */
export function sortRuns(found: readonly Run[], sort: string): Run[] {
  const newestFirst = [...found].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  if (sort === 'started') return newestFirst;
  const value = VALUES[sort] ?? ((run: Run) => run.metrics?.[sort]);
  const order = sort in VALUES ? (a: number, b: number) => b - a : compareValues.bind(undefined, sort);
  return newestFirst.sort((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    return order(left, right);
  });
}

const VALUES: Readonly<Record<string, (run: Run) => number | undefined>> = {
  took: ({ startedAt, finishedAt }) =>
    finishedAt === undefined ? undefined : Date.parse(finishedAt) - Date.parse(startedAt),
  cost: ({ costUsd }) => costUsd,
};

/** Runs as a table; the metric that they are sorted by is shown with those that every table has. */
export function describeRuns(model: string, found: readonly Run[], sort = 'started'): string {
  if (found.length === 0) return `${model} has no runs yet: run "npx leeboard train ${model}"`;
  const shown = shownMetrics(found, sort);
  return table(
    found.map((run) => ({
      'started (UTC)': instant(run.startedAt),
      status: colouredStatus(run.status),
      version: run.version === undefined ? '-' : String(run.version),
      took: run.finishedAt ? seconds(run.startedAt, run.finishedAt) : '-',
      cost: run.costUsd === undefined ? '-' : dollars(run.costUsd),
      trials: run.trials ? `${run.trials.completed}/${run.trials.asked}` : '-',
      ...Object.fromEntries(
        shown.map((metric) => [TITLES[metric] ?? metric, decimals(run.metrics?.[metric])]),
      ),
      run: plain(run.runId),
      by: callerName(run.by),
      why: whyOf(run),
    })),
  );
}

const TITLES: Readonly<Record<string, string>> = { auc: 'AUC', logLoss: 'log loss' };

/** The two that tell most of the task, and the one that was asked for. */
function shownMetrics(found: readonly Run[], sort: string): string[] {
  const known = new Set(found.flatMap(({ metrics }) => Object.keys(metrics ?? {})));
  const usual = [
    ['auc', 'logLoss'],
    ['logLoss', 'accuracy'],
    ['rmse', 'mae'],
  ].find((pair) => pair.every((metric) => known.has(metric))) ?? ['auc', 'logLoss'];
  return OTHER_ORDERS.includes(sort) || usual.includes(sort) ? usual : [sort, ...usual];
}

/** The error of a failed run, what refused one, or why it was asked for. */
function whyOf({ error, status, verdict = [], requests = [], mergedInto, cancelled }: Run): string {
  if (status === 'failed' && error) return plain(`${error.name}: ${error.message}`);
  if (status === 'refused' || status === 'differs') return plain(verdict[0] ?? '');
  if (status === 'merged' && mergedInto) return `merged into ${plain(mergedInto)}`;
  if (status === 'cancelled' && cancelled) return `by ${callerName(cancelled.by)}`;
  return plain([...new Set(requests.map(({ reason }) => reason))].join('; '));
}

/** A person or role of AWS by its own name: the rest of an ARN is the same for all. */
export function callerName(by: string): string {
  return plain(/^arn:[^:]*:(?:iam|sts):.*?\/(.+)$/.exec(by)?.[1] ?? by);
}
