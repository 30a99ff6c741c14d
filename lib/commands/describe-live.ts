import type { LiveModel, LiveStatus } from '#core/api/status.ts';
import { age, count } from './format.ts';
import { bold, plain, red, yellow } from './printer.ts';
import { type TableRow, table } from './table.ts';

/** What runs now, as lines: the models' load, then each piece of work. */
export function describeLive(live: LiveStatus): string {
  const { totals, models, asOf } = live;
  const load = models.map((model) => ({
    model: model.model,
    'in flight': model.inFlight.toFixed(1),
    'requests/s': model.requestsPerSecond.toFixed(1),
    instances: String(model.instances),
    champion: model.champion === null ? '-' : String(model.champion),
    rollout: rolloutOf(model),
  }));
  const shared = [
    ...(totals.ingestions > 0
      ? [{ now: 'ingestions', of: '', progress: count(totals.ingestions), for: '', by: '' }]
      : []),
    ...(totals.replays > 0
      ? [{ now: 'replays', of: '', progress: count(totals.replays), for: '', by: '' }]
      : []),
  ];
  const work = [...models.flatMap((model) => workOf(model, asOf)), ...shared];
  return [table(load) || 'No model was ever trained.', table(work) || `${bold('now')}  nothing`].join('\n\n');
}

function rolloutOf({ rollout, frozen }: LiveModel): string {
  const stage = rollout
    ? yellow(`${rollout.candidate}: ${rollout.percent === null ? 'shadow' : `canary, ${rollout.percent} %`}`)
    : '-';
  return frozen ? `${stage} ${red('frozen')}` : stage;
}

function workOf({ model, runs, batches }: LiveModel, asOf: string): TableRow[] {
  return [
    ...runs.active.map(({ by, since, progress }) => ({
      now: 'training',
      of: model,
      progress: progress ? `${progress.state} ${count(progress.done)}/${count(progress.total)}` : '-',
      for: age(since, asOf),
      by: plain(by),
    })),
    ...runs.waiting.map(({ by, since }) => ({
      now: 'waiting',
      of: model,
      progress: '-',
      for: age(since, asOf),
      by: plain(by),
    })),
    ...batches.map(({ version, dataset, datasetVersion, since, rowsDone, rows }) => ({
      now: 'batch',
      of: `${model}@${version} ${dataset}@${datasetVersion}`,
      progress: `${count(rowsDone)}/${count(rows)} rows`,
      for: age(since, asOf),
      by: '',
    })),
  ];
}
