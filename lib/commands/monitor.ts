import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidInputError, showValue } from '#core/errors.ts';
import type { MonitoredWindow } from '#core/monitor/monitored.ts';
import { typedDuration } from '#core/spec/duration.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { stateTeller } from './follow-run.ts';
import { count, decimals, instant } from './format.ts';
import { keepPage } from './keep-page.ts';
import { openPage } from './open-page.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { list } from './table.ts';

/** An execution is looked at so often. */
const EVERY_MS = 500;

export interface MonitorOptions {
  readonly model: string;
  /** How long before now, `24h`. @default the model's own, `monitor.every` */
  readonly window?: string;
  /** Whether to keep the page in `folder` and to open it. @default false */
  readonly open?: boolean;
  /** @default .leeboard of the project */
  readonly folder?: string;
  /** @default 500 */
  readonly everyMs?: number;
}

type Client = Pick<LeeboardClient, 'outputs' | 'start' | 'execution' | 'states' | 'finish' | 'store'>;

/**
 * `leeboard monitor`: compares the newest predictions with what the champion was trained on, off schedule.
 * @throws RunFailedError when that fails
 */
export async function monitor(
  client: Client,
  { model, window, open = false, folder, everyMs = EVERY_MS }: MonitorOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const asked = window === undefined ? {} : { window: requireDuration(window) };
  const arn = await client.start('monitor-model', model, asked);
  print.progress(`monitoring ${model}: ${arn.split(':').at(-1)}`);
  const tell = stateTeller(print);
  for (;;) {
    const { status } = await client.execution(arn);
    tell(await client.states(arn));
    if (status !== 'RUNNING') break;
    await sleep(everyMs);
  }
  // Figures for CloudWatch are nobody else's business.
  const { metrics: _, ...monitored } = await client.finish<MonitoredWindow & { metrics?: unknown }>(arn);
  const { pageKey } = monitored;
  const page = open && pageKey !== null ? await keepPage(client, pageKey, folder) : undefined;
  const opened = page !== undefined && (await openPage(page));
  print.result({ model, ...monitored, ...(page && { page }) }, () =>
    monitored.reportKey === null
      ? `nothing to compare: ${model} has no champion, or nobody asked it of late`
      : list([
          ...findings(monitored),
          ...(page ? [['page', opened ? page : `${page} (nothing here opens it)`] as const] : []),
        ]),
  );
  return EXIT.ok;
}

/** What was found, a line each; what needs attention last. */
function findings(monitored: MonitoredWindow): (readonly [string, string])[] {
  const { rows, psi, column, drifted, shifted, window, predictions, performance, estimate } = monitored;
  return [
    ...(window ? [['window', `${instant(window.from)} to ${instant(window.to)}`] as const] : []),
    ['rows', count(rows)],
    ['PSI', `${decimals(psi ?? undefined)}${column === null ? '' : `, of ${plain(column)}`}`],
    ['drifted', drifted.map(plain).join(', ') || 'none'],
    ['shifted', shifted.map(plain).join(', ') || 'none'],
    [
      'predictions',
      predictions ? `PSI ${decimals(predictions.psi ?? undefined)}, ${predictions.verdict}` : '-',
    ],
    performance
      ? [
          'performance',
          `${performance.metric} ${decimals(performance.value ?? undefined)}, of ${count(performance.rows)} rows with truth`,
        ]
      : ['estimate, without truth', estimated(estimate)],
    ['report', monitored.reportKey ?? '-'],
    ...monitored.attention.map(({ text }) => ['attention', plain(text)] as const),
  ];
}

/** Metrics of an estimate that are shown; `--json` has all. */
const SHOWN = ['auc', 'logLoss', 'brier'];

function estimated(estimate: MonitoredWindow['estimate']): string {
  const found = SHOWN.filter((metric) => estimate?.[metric] !== undefined);
  return found.map((metric) => `${metric} ${decimals(estimate?.[metric])}`).join(', ') || '-';
}

/** @throws InvalidInputError when it is no duration */
function requireDuration(text: string): string {
  const duration = typedDuration(text);
  if (duration !== undefined) return duration;
  const expected = "a duration such as 24h, 30m, 7d or '24 hours'";
  throw new InvalidInputError([{ field: 'window', expected, got: showValue(text) }]);
}
