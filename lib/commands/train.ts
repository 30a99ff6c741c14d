import type { TrainingOptions } from '#lib/client/answers.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, parseInstant, requireKnown } from './arguments.ts';
import { describeEnd, exitCodeOf, type Outcome } from './describe-end.ts';
import { type EndedRun, type FollowClient, followRun } from './follow-run.ts';
import { parseSettings } from './parse-settings.ts';
import { EXIT, type ExitCode, type Printer } from './printer.ts';

export interface TrainOptions {
  readonly model: string;
  /** Whether to wait for the end. @default true */
  readonly wait?: boolean;
  /** Whether to show a bar a stage, live, instead of each state. @default false */
  readonly follow?: boolean;
  /** The instant that ages and windows are judged by, ISO 8601. @default when it starts */
  readonly asOf?: string;
  /** Settings of the spec changed for this training: `algorithm.maxDepth=3`. */
  readonly set?: readonly string[];
  /** Why it is trained, for the record. */
  readonly reason?: string;
  readonly everyMs?: number;
}

type Client = FollowClient & Pick<LeeboardClient, 'startRun'>;

/** `leeboard train`: trains a model on its newest data and says what its gates said. */
export async function train(
  client: Client,
  { model, wait = true, follow, asOf, set = [], reason, everyMs }: TrainOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const options: TrainingOptions = {
    ...(reason !== undefined && { reason }),
    ...(asOf !== undefined && { asOf: parseInstant('--as-of', asOf) }),
    ...(set.length > 0 && { set: parseSettings(set) }),
  };
  const accepted = await client.startRun(model, options);
  if (!wait) {
    print.result({ model, ...accepted }, () => `started run ${accepted.runId}`);
    return EXIT.ok;
  }
  print.progress(`training ${model}: run ${accepted.runId}`);
  return end(await followRun(client, { model, runId: accepted.runId, bars: follow, everyMs }, print), print);
}

/** Says what a run came to. */
export function end({ run, stages, execution }: EndedRun, print: Printer): ExitCode {
  const outcome = (execution?.output as { status?: Outcome } | undefined)?.status;
  const isPromoted = outcome === 'promoted';
  print.result({ ...run, isPromoted, outcome, stages }, () => describeEnd(run, outcome));
  return exitCodeOf(run);
}
