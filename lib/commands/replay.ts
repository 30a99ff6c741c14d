import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerChange, ReplayReport } from '#core/replay/report.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { parseInstant, parseSince, UsageError } from './arguments.ts';
import { count, decimals, instant } from './format.ts';
import { EXIT, type ExitCode, type Printer, plain, red } from './printer.ts';
import { parseReference } from './reference.ts';
import { table } from './table.ts';

/** A replay is looked at so often. */
const EVERY_MS = 1000;

export interface ReplayOptions {
  /** `flights-late@5`. */
  readonly version: string;
  /** Begin of the window: a duration before now, or an instant. */
  readonly since: string;
  /** Its end, an instant. @default now */
  readonly until?: string;
  readonly reason?: string;
  /** Where to write the page. @default it is not written */
  readonly html?: string;
  readonly now?: Date;
  /** @default 1000 */
  readonly everyMs?: number;
}

type Client = Pick<LeeboardClient, 'outputs' | 'startReplay' | 'replay'>;

/** `leeboard replay`: what a version would have answered to logged traffic. */
export async function replay(
  client: Client,
  { version: named, since, until, reason, html, now = new Date(), everyMs = EVERY_MS }: ReplayOptions,
  print: Printer,
): Promise<ExitCode> {
  const reference = parseReference(client.outputs, named);
  if (reference.kind !== 'version') throw new UsageError('expected a version such as flights-late@2');
  const { model, version } = reference;
  const to = until === undefined ? now.toISOString() : parseInstant('--until', until);
  const from = new Date(parseSince(since, now.getTime())).toISOString();
  const { replayId } = await client.startReplay(model, { version, from, to, ...(reason && { reason }) });
  print.progress(`replaying ${instant(from)} to ${instant(to)} (UTC) with ${model}@${version}: ${replayId}`);
  for (;;) {
    const found = await client.replay(model, replayId);
    if (found.status === 'failed') {
      print.result(found, () => red(`failed: ${plain(found.error.message)}`));
      return EXIT.failed;
    }
    if (found.status === 'succeeded') {
      if (html !== undefined) {
        const { replayPage } = await import('#lib/pages/replay-page.ts');
        await writeFile(html, await replayPage(found.report));
      }
      const document = { ...found.report, ...(html !== undefined && { html }) };
      print.result(document, () => describeReplay(found.report, html));
      return EXIT.ok;
    }
    await sleep(everyMs);
  }
}

/** The report as sentences, small tables and a picture of two lines. */
export function describeReplay(report: ReplayReport, html?: string): string {
  const { verdict, change, answered, truth } = report;
  const name = `${report.model}@${report.version}`;
  return [
    verdict.map(plain).join('\n'),
    change ? describeChange(name, change) : '',
    answered.length > 1
      ? table(
          answered.map(({ version, rows, changed }) => ({
            'answered by': String(version),
            rows: count(rows),
            changed: count(changed),
          })),
        )
      : '',
    table(
      (truth?.metrics ?? []).map(({ metric, before, after, difference }) => ({
        truth: metric,
        answered: decimals(before ?? undefined),
        [name]: decimals(after ?? undefined),
        difference: difference === null ? '-' : `${difference > 0 ? '+' : ''}${difference.toFixed(4)}`,
      })),
    ),
    html === undefined ? '' : `page: ${html}`,
  ]
    .filter((block) => block !== '')
    .join('\n\n');
}

function describeChange(name: string, change: AnswerChange): string {
  if (change.task === 'multiclass') {
    return table(
      change.labels.map((label, row) => ({
        was: plain(label),
        ...Object.fromEntries(
          change.labels.map((other, column) => [plain(other), count(change.confusion[row]?.[column] ?? 0)]),
        ),
      })),
    );
  }
  const { scores, difference, mean } = change;
  const most = Math.max(...scores.before, ...scores.after);
  const rows = [
    { side: 'answered', mean: mean.before, counts: scores.before },
    { side: name, mean: mean.after, counts: scores.after },
  ];
  const [low, high] = [scores.edges[0] as number, scores.edges.at(-1) as number];
  return [
    table(
      rows.map(({ side, mean: average, counts }) => ({
        '': side,
        mean: short(average),
        [`rows by answer, ${short(low)} to ${short(high)}`]: counts
          .map((rows) => block(rows / most))
          .join(''),
      })),
    ),
    table([
      Object.fromEntries([
        ['change', ''],
        ...Object.entries(difference).map(([at, value]) => [at, short(value)]),
      ]),
    ]),
  ].join('\n\n');
}

const BLOCKS = ' ▁▂▃▄▅▆▇█';

/** Any rows at all are visible. */
const block = (share: number) => BLOCKS[Math.ceil(share * (BLOCKS.length - 1))] as string;
const short = (value: number) => String(Number(value.toPrecision(3)));
