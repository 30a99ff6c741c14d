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

/** What became of a version that passed its gates; absent when it did not come to that. */
export type Outcome = 'promoted' | 'rollout' | 'held' | 'approval';

/** What a run came to: a headline, what its gates said, its metrics. */
export function describeEnd(run: Run, outcome?: Outcome): string {
  const { verdict = [], metrics = {} } = run;
  const values = Object.entries(metrics).map(
    ([name, value]) => [`  ${name}`, Number.isInteger(value) ? String(value) : decimals(value)] as const,
  );
  const blocks = [[headline(run, outcome), ...verdict.map((sentence) => `  ${plain(sentence)}`)].join('\n')];
  return [...blocks, ...(values.length > 0 ? [list(values)] : [])].join('\n\n');
}

function headline(run: Run, outcome: Outcome | undefined): string {
  const { model, version, status, error, cancelled, runId } = run;
  const name = version === undefined ? model : `${model}@${version}`;
  switch (status) {
    case 'succeeded':
      return passed(name, model, outcome);
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

function passed(name: string, model: string, outcome: Outcome | undefined): string {
  switch (outcome) {
    case 'promoted':
      return `${green('promoted')}: ${name} is the champion`;
    case 'rollout':
      return `${green('succeeded')}: ${name} passed its gates and is tried beside the champion: "npx leeboard rollouts ${model}" shows how it does`;
    case 'held':
      return `${green('succeeded')}: ${name} passed its gates; ${model} is frozen: "npx leeboard promote ${name}" once it is not`;
    case 'approval':
      return `${green('succeeded')}: ${name} passed its gates and waits for a person: "npx leeboard approve ${name} --reason ...", or reject; "npx leeboard approvals ${model} --open ${name}" shows it`;
    default:
      return `${green('succeeded')}: ${name} passed its gates; the champion stays`;
  }
}
