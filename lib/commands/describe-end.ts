import type { Run } from '#core/registry/records.ts';
import { decimals } from './format.ts';
import { EXIT, type ExitCode, green, plain, red, yellow } from './printer.ts';
import { list } from './table.ts';

/** What a run's end is worth to a script. */
export function exitCodeOf({ status }: Pick<Run, 'status'>): ExitCode {
  if (status === 'succeeded' || status === 'reproduced') return EXIT.ok;
  if (status === 'refused') return EXIT.refused;
  return status === 'differs' ? EXIT.differs : EXIT.failed;
}

/**
 * What a run came to: a headline, what its gates said, its metrics.
 * @param isPromoted whether its version is the champion now
 */
export function describeEnd(run: Run, isPromoted = false): string {
  const { verdict = [], metrics = {} } = run;
  const values = Object.entries(metrics).map(
    ([name, value]) => [`  ${name}`, Number.isInteger(value) ? String(value) : decimals(value)] as const,
  );
  const blocks = [
    [headline(run, isPromoted), ...verdict.map((sentence) => `  ${plain(sentence)}`)].join('\n'),
  ];
  return [...blocks, ...(values.length > 0 ? [list(values)] : [])].join('\n\n');
}

function headline(run: Run, isPromoted: boolean): string {
  const { model, version, status, error, cancelled, runId } = run;
  const name = version === undefined ? model : `${model}@${version}`;
  switch (status) {
    case 'succeeded':
      return isPromoted
        ? `${green('promoted')}: ${name} is the champion`
        : `${green('succeeded')}: ${name} passed its gates; the champion stays`;
    case 'refused':
      return `${yellow('refused')}: ${name} did not pass its gates; the champion stays`;
    case 'reproduced':
      return `${green('reproduced')}: ${model}@${run.reproduce} came out byte for byte the same`;
    case 'differs':
      return `${red('differs')}: ${model}@${run.reproduce} came out differently`;
    case 'cancelled':
      return `${yellow('cancelled')}${cancelled ? ` by ${plain(cancelled.by)}` : ''}: "npx leeboard resume ${model} ${runId}" goes on with it`;
    case 'failed':
      return `${red('failed')}: ${plain(`${error?.name}: ${error?.message}`)}`;
    default:
      return `${status}: run ${runId} of ${model}`;
  }
}
