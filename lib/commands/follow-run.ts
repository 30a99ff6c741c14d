import { setTimeout as sleep } from 'node:timers/promises';
import { NotFoundError } from '#core/errors.ts';
import type { Run } from '#core/registry/records.ts';
import type { RunDetails } from '#lib/client/answers.ts';
import { ApiError } from '#lib/client/errors.ts';
import type { Execution } from '#lib/client/executions.ts';
import type { LeeboardClient } from '#lib/client/leeboard-client.ts';
import { seconds } from './format.ts';
import { type Printer, plain } from './printer.ts';
import { describeProgress, describeStage, type EnteredState, type Stage, stagesOf } from './stages.ts';

/** A run is looked at so often. */
const EVERY_MS = 500;
/** Longest time from an accepted request to its run's first sign. */
const BEGIN_MS = 60_000;
const LOOK = `there is no sign of it after ${BEGIN_MS / 1000} s, see "npx leeboard logs record-run"`;

export type FollowClient = Pick<LeeboardClient, 'outputs' | 'run' | 'trainingArn' | 'execution' | 'states'>;

/** A run that has ended. */
export interface EndedRun {
  readonly run: RunDetails;
  /** What its execution came to; absent when it never began. */
  readonly execution?: Execution;
  readonly stages: readonly Stage[];
}

export interface FollowOptions {
  readonly model: string;
  readonly runId: string;
  /** Whether to show a bar a stage instead of each state. @default false */
  readonly bars?: boolean | undefined;
  /** How the run had ended before it was resumed: that is not its end. */
  readonly resumed?: RunDetails | undefined;
  /** @default 500 */
  readonly everyMs?: number | undefined;
}

/** Waits for a run's end, or that of the run it was merged into, and tells on the way how far it is. */
export async function followRun(
  client: FollowClient,
  { model, runId, bars = false, resumed, everyMs = EVERY_MS }: FollowOptions,
  print: Printer,
): Promise<EndedRun> {
  const [tellStages, tellStates] = [stageTeller(print), stateTeller(print)];
  let followed = runId;
  let saidWaiting = false;
  const giveUp = Date.now() + BEGIN_MS;
  for (;;) {
    // The execution first: a record that is read after its end is the final one.
    const known = await recordOf(client, model, followed);
    const arn = client.trainingArn(model, known?.execution ?? followed);
    const execution = known?.status === 'waiting' ? undefined : await executionOf(client, arn);
    const states = execution ? await client.states(arn) : [];
    const run = await recordOf(client, model, followed);
    if (run && isSameEnd(run, resumed)) {
      if (Date.now() > giveUp) throw new NotFoundError(`run ${followed} of ${model} did not go on: ${LOOK}`);
      await sleep(everyMs);
      continue;
    }
    if (run?.status === 'merged' && run.mergedInto) {
      print.progress(`${followed} was merged into ${run.mergedInto}: following that one`);
      followed = run.mergedInto;
      continue;
    }
    if (run?.status === 'waiting' && !saidWaiting) {
      print.progress('waiting for the training before it');
      saidWaiting = true;
    }
    const moment = { states, run, now: run?.finishedAt ?? new Date().toISOString() };
    const stages = stagesOf(moment);
    if (bars) tellStages(stages);
    else tellStates(states);
    // A run is recorded as ended shortly before its execution is, whose output says what it came to.
    const isOver = run && hasEnded(run) && run.status === known?.status && execution?.status !== 'RUNNING';
    if (isOver) return { run, stages, ...(execution && { execution }) };
    const isLast = arn === client.trainingArn(model, run?.execution ?? followed);
    if (!(run && hasEnded(run)) && execution && execution.status !== 'RUNNING' && isLast) {
      const started = { model, runId: followed, startedAt: states[0]?.enteredAt ?? moment.now };
      return { run: endedBy(run ?? { ...started, by: 'unknown' }, execution), stages, execution };
    }
    if (!run && !execution && Date.now() > giveUp) {
      throw new NotFoundError(`run ${followed} of ${model} did not begin: ${LOOK}`);
    }
    await sleep(everyMs);
  }
}

/** undefined before the run is recorded. */
function recordOf(client: FollowClient, model: string, runId: string): Promise<RunDetails | undefined> {
  return client.run(model, runId).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  });
}

/** undefined before it begins. */
function executionOf(client: FollowClient, arn: string): Promise<Execution | undefined> {
  return client.execution(arn).catch((error: unknown) => {
    if ((error as Error).name === 'ExecutionDoesNotExist') return undefined;
    throw error;
  });
}

/** Whether nothing more will come of a run by itself. */
export function hasEnded({ status }: Pick<Run, 'status'>): boolean {
  return status !== 'running' && status !== 'waiting';
}

/** A resumed run keeps its old record until its new execution has the model's lease. */
function isSameEnd(run: RunDetails, before: RunDetails | undefined): boolean {
  return before?.status === run.status && before.execution === run.execution;
}

/** An execution that was stopped or timed out could not record its end itself. */
function endedBy(
  run: Omit<RunDetails, 'pipeline' | 'status'>,
  { status, error, cause }: Execution,
): RunDetails {
  const message = cause ?? 'its record does not say how it ended';
  return { ...run, pipeline: 'train-model', status: 'failed', error: { name: error ?? status, message } };
}

/** Tells each state when it is entered, with the time since the start. */
export function stateTeller(print: Printer): (states: readonly EnteredState[]) => void {
  let told = 0;
  return (states) => {
    for (const { state, enteredAt } of states.slice(told)) {
      print.progress(`${seconds(states[0]?.enteredAt ?? enteredAt, enteredAt).padStart(9)}  ${plain(state)}`);
    }
    told = states.length;
  };
}

/** A bar a stage, redrawn in place; without a terminal a line when a stage begins, ends or is a tenth further. */
function stageTeller(print: Printer): (stages: readonly Stage[]) => void {
  const told = new Map<string, string>();
  return (stages) => {
    if (print.canDraw) return print.draw(stages.map(describeStage));
    for (const { stage, status, seconds: took, progress } of stages) {
      const tenths = progress && progress.total > 0 ? Math.floor((10 * progress.done) / progress.total) : 0;
      const news = `${status} ${status === 'at work' ? tenths : ''}`;
      if (status === 'ahead' || told.get(stage) === news) continue;
      told.set(stage, news);
      const said = progress ? `  ${describeProgress(stage, progress)}` : '';
      print.progress(
        `${(took === null ? '' : `${took.toFixed(1)} s`).padStart(9)}  ${stage} ${status}${said}`,
      );
    }
  };
}
