import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { UsageError } from './arguments.ts';
import { describeEnd, exitCodeOf } from './describe-end.ts';
import { type FollowClient, followRun } from './follow-run.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { parseReference } from './reference.ts';

export interface ReproduceOptions {
  /** `flights-late@2`. */
  readonly version: string;
  readonly reason?: string;
  /** Whether to wait for the end. @default true */
  readonly wait?: boolean;
  /** Whether to show a bar a stage, live. @default false */
  readonly follow?: boolean;
  readonly everyMs?: number;
}

/** `leeboard reproduce`: trains a version again from its manifest and says whether every byte is the same. */
export async function reproduce(
  client: FollowClient & Pick<LeeboardClient, 'startRun'>,
  { version: named, reason, wait = true, follow, everyMs }: ReproduceOptions,
  print: Printer,
): Promise<ExitCode> {
  const reference = parseReference(client.outputs, named);
  if (reference.kind === 'run') {
    throw new UsageError(
      `expected a version such as ${reference.model}@2, got run ${plain(reference.runId)}`,
    );
  }
  const { model, version } = reference;
  const accepted = await client.startRun(model, {
    reproduce: version,
    ...(reason !== undefined && { reason }),
  });
  if (!wait) {
    print.result({ model, version, ...accepted }, () => `started run ${accepted.runId}`);
    return EXIT.ok;
  }
  print.progress(`training ${model}@${version} again: run ${accepted.runId}`);
  const { run, stages } = await followRun(
    client,
    { model, runId: accepted.runId, bars: follow, everyMs },
    print,
  );
  print.result({ ...run, stages }, () => {
    const told = describeEnd(run);
    return run.status === 'differs' ? `${told}\n\n${WHY}` : told;
  });
  return exitCodeOf(run);
}

const WHY =
  'Bytes may differ when the code, a library, the platform (processor, operating system) or the number of threads is another one.';
