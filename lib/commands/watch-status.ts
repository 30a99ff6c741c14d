import { setTimeout as sleep } from 'node:timers/promises';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { describeLive } from './describe-live.ts';
import { instant } from './format.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';

export interface WatchOptions {
  readonly everyMs: number;
  /** How many looks. @default until it is interrupted */
  readonly times?: number;
}

/** `leeboard status --watch`: what runs, again and again; with `--json` a document a line. */
export async function watchStatus(
  client: Pick<LeeboardClient, 'live'>,
  { everyMs, times = Infinity }: WatchOptions,
  print: Printer,
): Promise<ExitCode> {
  for (let look = 1; ; look++) {
    const live = await client.live();
    const text = `${instant(live.asOf)} UTC, Ctrl-C ends\n\n${describeLive(live)}`;
    print.tick(live, text.split('\n'));
    if (look >= times) return EXIT.ok;
    await sleep(everyMs);
  }
}
