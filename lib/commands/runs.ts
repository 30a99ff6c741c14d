import type { Run } from '#core/registry/records.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { decimals, instant, seconds } from './format.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { colouredStatus } from './status.ts';
import { table } from './table.ts';

/** `leeboard runs`: a model's runs, newest first. */
export async function runs(
  client: Pick<LeeboardClient, 'outputs' | 'runs'>,
  { model }: { readonly model: string },
  print: Printer,
): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const found = await client.runs(model);
  print.result({ model, runs: found }, () => describeRuns(model, found));
  return EXIT.ok;
}

/** Runs as a table. */
export function describeRuns(model: string, found: readonly Run[]): string {
  if (found.length === 0) return `${model} has no runs yet: run "npx leeboard train ${model}"`;
  return table(
    found.map(({ startedAt, finishedAt, status, version, metrics, by, error, verdict = [] }) => ({
      'started (UTC)': instant(startedAt),
      status: colouredStatus(status),
      version: version === undefined ? '-' : String(version),
      took: finishedAt ? seconds(startedAt, finishedAt) : '-',
      AUC: decimals(metrics?.auc),
      'log loss': decimals(metrics?.logLoss),
      by: plain(by),
      why: plain(error ? `${error.name}: ${error.message}` : status === 'refused' ? verdict.join('; ') : ''),
    })),
  );
}
