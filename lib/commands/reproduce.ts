import type { BundleComparison } from '#core/registry/compare-bundle.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { UsageError } from './arguments.ts';
import { describeEnd, exitCodeOf } from './describe-end.ts';
import { type FollowClient, followRun } from './follow-run.ts';
import { EXIT, type ExitCode, green, type Printer, plain, red } from './printer.ts';
import { parseReference } from './reference.ts';
import { table } from './table.ts';

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
  const { run, stages, execution } = await followRun(
    client,
    { model, runId: accepted.runId, bars: follow, everyMs },
    print,
  );
  const { files = [] } = (execution?.output ?? {}) as Partial<BundleComparison>;
  print.result({ ...run, files, stages }, () =>
    [describeEnd(run), describeFiles(files), run.status === 'differs' ? WHY : '']
      .filter((block) => block !== '')
      .join('\n\n'),
  );
  return exitCodeOf(run);
}

function describeFiles(files: BundleComparison['files']): string {
  return table(
    files.map(({ file, expected, got, same }) => ({
      file: plain(file),
      'sha256 then': expected.slice(0, 16),
      'sha256 now': got.slice(0, 16),
      equal: same ? green('yes') : red('no'),
    })),
  );
}

const WHY =
  'Bytes may differ when the code, a library, the platform (processor, operating system) or the number of threads is another one.';
