import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Monitored } from '#core/drift/report.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { OUTPUTS_FILE } from '#lib/client/outputs.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { stateTeller } from './follow-run.ts';
import { count, decimals } from './format.ts';
import { openPage } from './open-page.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { list } from './table.ts';

/** An execution is looked at so often. */
const EVERY_MS = 500;

export interface MonitorOptions {
  readonly model: string;
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
  { model, open = false, folder = dirname(OUTPUTS_FILE), everyMs = EVERY_MS }: MonitorOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const arn = await client.start('monitor-model', model);
  print.progress(`monitoring ${model}: ${arn.split(':').at(-1)}`);
  const tell = stateTeller(print);
  for (;;) {
    const { status } = await client.execution(arn);
    tell(await client.states(arn));
    if (status !== 'RUNNING') break;
    await sleep(everyMs);
  }
  const { rows, psi, column, drifted, shifted, reportKey, pageKey } = await client.finish<Monitored>(arn);
  const page = open && pageKey !== null ? await keep(client, pageKey, folder) : undefined;
  const opened = page !== undefined && (await openPage(page));
  const document = { model, rows, psi, column, drifted, shifted, reportKey, pageKey, ...(page && { page }) };
  print.result(document, () =>
    rows === 0
      ? `nothing to compare: ${model} has no champion, or nobody asked it of late`
      : list([
          ['rows', count(rows)],
          ['PSI', `${decimals(psi ?? undefined)}${column === null ? '' : `, of ${plain(column)}`}`],
          ['drifted', drifted.map(plain).join(', ') || 'none'],
          ['shifted', shifted.map(plain).join(', ') || 'none'],
          ['report', reportKey ?? '-'],
          ...(page ? [['page', opened ? page : `${page} (nothing here opens it)`] as const] : []),
        ]),
  );
  return EXIT.ok;
}

/** @returns where the page is now */
async function keep(client: Client, pageKey: string, folder: string): Promise<string> {
  // Windows takes no colon in a name.
  const file = join(folder, pageKey.replaceAll(':', '-'));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await (await client.store()).read(pageKey));
  return file;
}
