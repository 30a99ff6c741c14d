import { figure } from '../figures.ts';
import type { Task } from '../spec/task.ts';
import type { Backtest, BacktestCandidate, JudgedAction, Judgement, TriggerKind } from './records.ts';
import { FEWEST_NEW_ROWS } from './training-windows.ts';

/** What a verdict is made of. */
export interface JudgedFigures {
  readonly triggers: readonly TriggerKind[];
  readonly task: Task;
  /** Labelled rows that may be learned from, and the fewest that the spec trains on. */
  readonly labelledRows: number;
  readonly minRows: number;
  /** Fields of the spec by which a training would learn otherwise than the champion did, and `code`. */
  readonly changed: readonly string[];
  readonly judgement: Judgement;
  /** `since` of a training on the best window of the back-test. */
  readonly bestSince: string | null;
  /** Why there is no back-test though there are newer rows enough. */
  readonly untried: string | null;
  /** Why the champion cannot be compared with any model of the spec. */
  readonly incomparable: string | null;
}

/**
 * Whether to train. Without a champion: yes. With fewer newer labelled rows than `FEWEST_NEW_ROWS`, and spec and code as
 * they were: no point; drift and lost performance wait for newer rows. With newer rows: only when the best window's
 * gain on the newest of them is surely above 0 (one-sided, 95 %). A person's wish and a change of spec or code are
 * carried out in any case, on the best window; so is a change that leaves nothing to compare. Nothing is trained on fewer rows than the spec's `minRows`.
 */
export function judgeRetraining(figures: JudgedFigures): JudgedAction {
  const { triggers, labelledRows, minRows, changed, judgement, untried, incomparable } = figures;
  const waits = triggers.some((kind) => kind === 'drift' || kind === 'performance');
  const no = (reason: string): JudgedAction => ({ action: waits ? 'wait' : 'decline', since: null, reason });
  const onAll = (reason: string): JudgedAction => ({ action: 'train', since: null, reason });
  if (labelledRows < minRows)
    return no(`no point: ${rows(labelledRows)} to learn from, the spec trains on at least ${minRows}`);
  if (judgement.champion === null) return onAll(`there is no champion: trains on ${rows(labelledRows)}`);
  const wanted = wish(triggers, changed);
  if (judgement.backtest) return judgeGain(figures, judgement.backtest, wanted);
  const { champion, seenUntil, newRows } = judgement;
  const seen = `${rows(newRows)} newer than those that version ${champion} saw, up to ${seenUntil}`;
  const why = incomparable ?? untried;
  if (why !== null) {
    const reason = wanted ?? (incomparable === null ? undefined : changes(changed));
    return reason ? onAll(`${reason}; ${why}`) : no(`cannot be judged on the ${seen}: ${why}`);
  }
  if (wanted) return onAll(`${wanted}; ${seen}, too few to compare windows on`);
  if (changed.length > 0) return onAll(`${changes(changed)}; ${seen}`);
  return no(`no point: ${seen}; at least ${FEWEST_NEW_ROWS} are needed to tell whether it would help`);
}

/** Why it is done even where it is not sure to help. */
function wish(triggers: readonly TriggerKind[], changed: readonly string[]): string | undefined {
  if (triggers.includes('person')) return 'a person asked for it';
  return triggers.includes('change') && changed.length > 0 ? changes(changed) : undefined;
}

const changes = (changed: readonly string[]) =>
  `the champion was made by another ${changed.join(', ')} than is deployed`;

function judgeGain(
  { task, bestSince, judgement }: JudgedFigures,
  backtest: Backtest,
  wanted: string | undefined,
): JudgedAction {
  const best = backtest.candidates.find(({ window }) => window === backtest.best) as BacktestCandidate;
  const compared = describe(task, judgement, backtest, best);
  const train = (reason: string): JudgedAction => ({ action: 'train', since: bestSince, reason });
  if (best.gainAtLeast > 0) return train(compared);
  if (wanted) return train(`${wanted}; not sure to help: ${compared}`);
  return { action: 'decline', since: null, reason: `would not help: ${compared}` };
}

const LOSS = { logLoss: 'log loss', squaredError: 'squared error' } as const;
const SCORE: Record<Task, string> = { binary: 'AUC', multiclass: 'macro AUC', regression: 'R2' };

function describe(
  task: Task,
  { champion }: Judgement,
  { loss, from, to, rows: compared, championLoss, championScore }: Backtest,
  best: BacktestCandidate,
): string {
  const learned = best.since === null ? 'all older rows' : `the rows since ${best.since} (${best.window})`;
  const score =
    championScore === null || best.score === null
      ? ''
      : `, ${SCORE[task]} ${figure(best.score)} against ${figure(championScore)}`;
  return (
    `learned from ${learned}, ${LOSS[loss]} is ${figure(best.loss)} against ${figure(championLoss)} of version ${champion} ` +
    `on ${rows(compared)} of ${from} to ${to}: better by ${figure(best.gain)}, at least ${figure(best.gainAtLeast)} (95 %)${score}`
  );
}

const rows = (value: number) => `${value} labelled ${value === 1 ? 'row' : 'rows'}`;
