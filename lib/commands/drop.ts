import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { NotFoundError, showValue } from '#core/errors.ts';
import type { DroppedFile, LeeboardClient, RejectionReport } from '#lib/client/leeboard-client.ts';
import { requireKnown, UsageError } from './arguments.ts';
import { count } from './format.ts';
import { EXIT, type ExitCode, green, type Printer, plain, red, yellow } from './printer.ts';
import { table } from './table.ts';

export interface DropOptions {
  readonly file: string;
  readonly dataset: string;
  /** The drop's name below `incoming/<dataset>/`. @default the file's own */
  readonly name?: string;
  /** Whether to wait for the verdict. @default true */
  readonly wait?: boolean;
}

type Client = Pick<LeeboardClient, 'outputs' | 'drop' | 'ingested' | 'report'>;

/** `leeboard drop`: puts a file where producers put theirs and says what became of it. */
export async function drop(
  client: Client,
  { file, dataset, name = basename(file), wait = true }: DropOptions,
  print: Printer,
): Promise<ExitCode> {
  requireKnown('dataset', dataset, client.outputs.datasets);
  await requireFile(file);
  if (name === '' || name.endsWith('/')) {
    throw new UsageError(`--name: expected a file name, got ${showValue(name)}`);
  }
  const dropped = await client.drop(file, dataset, name);
  if (!wait) {
    print.result({ status: 'dropped', dataset, ...dropped }, () => describeDrop(client, dropped));
    return EXIT.ok;
  }
  print.progress(describeDrop(client, dropped));
  const outcome = await client.ingested(dropped);
  if ('reportKey' in outcome) {
    const report = await client.report(outcome.reportKey);
    const result = { status: 'rejected', dataset, ...dropped, reportKey: outcome.reportKey, report };
    print.result(result, () => describeRejection(client, outcome.reportKey, report));
    return EXIT.rejected;
  }
  const status = outcome.duplicate ? 'duplicate' : 'accepted';
  const rows = `${count(outcome.rows)} rows`;
  print.result({ status, dataset, ...dropped, version: outcome.version, rows: outcome.rows }, () =>
    outcome.duplicate
      ? `${yellow('duplicate')}: ${dataset}@${outcome.version} (${rows}) holds the same content already`
      : `${green('accepted')}: it is in ${dataset}@${outcome.version} (${rows})`,
  );
  return EXIT.ok;
}

async function requireFile(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile()) throw new NotFoundError(`${file} is not a file`);
}

function describeDrop({ outputs }: Client, { key, size }: DroppedFile): string {
  return `dropped ${count(size)} bytes at s3://${outputs.incomingBucket}/${plain(key)}`;
}

function describeRejection(
  { outputs }: Client,
  reportKey: string,
  { rows, problems }: RejectionReport,
): string {
  const size = rows === null ? '' : ` of ${count(rows)} rows`;
  return [
    `${red('rejected')}: the file${size} breaks ${problems.length === 1 ? 'a rule' : `${problems.length} rules`}; nothing of it is in the dataset`,
    '',
    table(
      problems.map(({ rule, column, count: broken, rows: first, message }) => ({
        rule: plain(rule),
        column: plain(column ?? '-'),
        count: count(broken),
        'first rows': first.length === 0 ? '-' : first.slice(0, 5).join(' '),
        message: plain(message),
      })),
    ),
    '',
    `report: s3://${outputs.storeBucket}/${reportKey}`,
  ].join('\n');
}
