import { NotFoundError } from '#core/errors.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { deployedModels, requireKnown } from './arguments.ts';
import { count, decimals, instant } from './format.ts';
import { EXIT, type ExitCode, type Printer, plain } from './printer.ts';
import { list, table } from './table.ts';

type Client = Pick<LeeboardClient, 'outputs' | 'truthReport'>;

/** Metrics that are shown, of those that a task has; `--json` has all. */
const SHOWN = ['auc', 'logLoss', 'brier', 'accuracy', 'macroF1', 'rmse', 'mae', 'r2'];

/** `leeboard truth`: the newest report on what really happened. */
export async function truth(client: Client, { model }: { model: string }, print: Printer): Promise<ExitCode> {
  requireKnown('model', model, deployedModels(client.outputs));
  const report = await client.truthReport(model);
  if (!report) {
    throw new NotFoundError(
      `${model} has no report on truth yet: monitor-model writes one each time it runs`,
    );
  }
  print.result(report, () => {
    const { rows, joined, joinRate, delaySeconds, versions } = report;
    const facts = [
      ['predictions', `${count(rows)} from ${instant(report.from)} to ${instant(report.to)}`],
      ['with truth', `${count(joined)}; of those old enough ${decimals(joinRate ?? undefined)}`],
      [
        'delay',
        delaySeconds
          ? `${decimals(delaySeconds.median)} s median, ${decimals(delaySeconds.p90)} s for nine of ten`
          : '-',
      ],
      ['repeated', count(report.repeated)],
      [
        'conflicting',
        `${count(report.conflicts)}${report.conflicting.length > 0 ? `: ${report.conflicting.slice(0, 5).map(plain).join(', ')}` : ''}`,
      ],
      ['late', count(report.late)],
      ['unknown', `${count(report.unknown)} by id, ${count(report.unmatched)} by key`],
    ] as const;
    const shown = SHOWN.filter((name) => versions.some(({ metrics }) => metrics[name]));
    const judged = versions.map(({ version, rows: known, metrics }) => ({
      version: String(version),
      rows: count(known),
      ...Object.fromEntries(shown.map((name) => [name, decimals(metrics[name]?.value ?? undefined)])),
    }));
    return [
      `${model} as of ${instant(report.asOf)}`,
      '',
      list(facts),
      ...(judged.length > 0 ? ['', table(judged)] : []),
    ].join('\n');
  });
  return EXIT.ok;
}
