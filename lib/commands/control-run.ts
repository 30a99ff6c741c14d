import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { type FollowClient, followRun } from './follow-run.ts';
import { EXIT, type ExitCode, type Printer, plain, yellow } from './printer.ts';
import { end } from './train.ts';

export interface ControlOptions {
  readonly model: string;
  readonly runId: string;
  /** Whether to wait for the end. @default true */
  readonly wait?: boolean;
  /** Whether to show a bar a stage, live. @default false */
  readonly follow?: boolean;
  readonly everyMs?: number;
}

/** `leeboard cancel`: stops a run, or takes it out of those that wait. It has ended when this returns. */
export async function cancel(
  client: Pick<LeeboardClient, 'outputs' | 'cancelRun'>,
  { model, runId }: Pick<ControlOptions, 'model' | 'runId'>,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const cancelled = await client.cancelRun(model, runId);
  print.result({ model, ...cancelled }, () => {
    const advice = `"npx leeboard resume ${model} ${plain(runId)}" goes on with it`;
    return `${yellow(cancelled.status)}: run ${plain(runId)} of ${model}; ${advice}`;
  });
  return EXIT.ok;
}

/** `leeboard resume`: goes on with a failed or cancelled run from its failed step. */
export async function resume(
  client: FollowClient & Pick<LeeboardClient, 'resumeRun'>,
  { model, runId, wait = true, follow, everyMs }: ControlOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const resumed = await client.run(model, runId);
  const accepted = await client.resumeRun(model, runId);
  if (!wait) {
    print.result({ model, ...accepted }, () => `run ${plain(runId)} goes on`);
    return EXIT.ok;
  }
  print.progress(`resuming run ${plain(runId)} of ${model}`);
  return end(await followRun(client, { model, runId, bars: follow, resumed, everyMs }, print), print);
}
