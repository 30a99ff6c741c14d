import type { Run, RunProgress } from '#core/registry/records.ts';
import { decimals } from './format.ts';
import { green, red, yellow } from './printer.ts';

/** The stages of a training, as people think of them. */
const STAGES = ['Prepare', 'Search', 'Train', 'Evaluate', 'Register', 'Gate', 'Promote'] as const;
type StageName = (typeof STAGES)[number];

export interface EnteredState {
  readonly state: string;
  /** ISO 8601, UTC. */
  readonly enteredAt: string;
}

/** One stage at one moment. */
export interface Stage {
  readonly stage: StageName;
  readonly status: 'ahead' | 'at work' | 'done' | 'stopped' | 'skipped';
  /** Since it was entered, or all that it took; null before. */
  readonly seconds: number | null;
  /** What it says of itself. */
  readonly progress?: RunProgress;
}

export interface Moment {
  /** The states entered so far, in order. */
  readonly states: readonly EnteredState[];
  readonly run?: (Pick<Run, 'status'> & { readonly progress?: RunProgress | null }) | undefined;
  /** ISO 8601, UTC. */
  readonly now: string;
}

/**
 * The stages of a run at a moment. A state whose name begins with a stage's verb enters that stage, and a trial the
 * search. Any other state belongs to the stage it came in, the first ones to Prepare. A training without a search has
 * no such stage, although whether to search is always asked.
 */
export function stagesOf({ states, run, now }: Moment): Stage[] {
  const entered = new Map<StageName, string>();
  let current: StageName = 'Prepare';
  for (const { state, enteredAt } of states) {
    current = stageOf(state) ?? current;
    if (!entered.has(current)) entered.set(current, enteredAt);
  }
  const shown = STAGES.filter((stage) => stage !== 'Search' || entered.has(stage));
  const at = states.length === 0 ? -1 : shown.indexOf(current);
  return shown.map((stage, index): Stage => {
    const start = entered.get(stage);
    const end = shown.slice(index + 1).flatMap((later) => entered.get(later) ?? [])[0];
    const progress = run?.progress;
    return {
      stage,
      status: statusOf(index - at, start !== undefined, run?.status),
      seconds: start === undefined ? null : (Date.parse(end ?? now) - Date.parse(start)) / 1000,
      ...(progress && start !== undefined && stageOf(progress.state) === stage && { progress }),
    };
  });
}

function statusOf(place: number, entered: boolean, status?: Run['status']): Stage['status'] {
  const ended = status !== undefined && status !== 'running' && status !== 'waiting';
  if (place > 0) return ended ? 'skipped' : 'ahead';
  if (place < 0) return entered ? 'done' : 'skipped';
  if (status === 'failed' || status === 'cancelled') return 'stopped';
  return ended ? 'done' : 'at work';
}

function stageOf(state: string): StageName | undefined {
  if (state === 'RunTrial') return 'Search';
  return STAGES.find((stage) => state.startsWith(stage));
}

const WIDTH = 24;

/** A stage as a line: name, bar, what it counts, its metric, its time. */
export function describeStage({ stage, status, seconds, progress }: Stage): string {
  const said = status === 'skipped' ? 'skipped' : progress ? describeProgress(stage, progress) : '';
  const took = seconds === null ? '' : `${seconds.toFixed(1)} s`;
  return `${stage.padEnd(8)}  ${bar(status, progress)}  ${took.padStart(8)}  ${said}`.trimEnd();
}

/** `12/20 trials  logLoss 0.5931, best 0.5929` */
export function describeProgress(stage: StageName, { done, total, metric }: RunProgress): string {
  const unit = { Search: ' trials', Train: ' rounds' }[stage as string] ?? '';
  const value = metric ? `  ${metric.name} ${decimals(metric.value)}, best ${decimals(metric.best)}` : '';
  return `${done}/${total}${unit}${value}`;
}

function bar(status: Stage['status'], progress: RunProgress | undefined): string {
  if (status === 'ahead' || status === 'skipped') return '·'.repeat(WIDTH);
  const share = status === 'done' ? 1 : progress && progress.total > 0 ? progress.done / progress.total : 0;
  const full = Math.round(Math.min(1, Math.max(0, share)) * WIDTH);
  const colour = { done: green, stopped: red, 'at work': yellow }[status];
  return colour('█'.repeat(full) + '░'.repeat(WIDTH - full));
}
