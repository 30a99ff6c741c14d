import { figure } from '../figures.ts';
import { askedByPerson } from './gather-triggers.ts';
import type { BacktestCandidate, Decision, JudgedAction, Judgement } from './records.ts';

/**
 * What to do by the figures. A first version, a person's wish, and a changed spec or code need no proof: the gates
 * judge them. All others need newer labelled rows than the champion has seen, and a window of rows whose candidate is
 * better than the champion on the newest of them beyond doubt: the one-sided lower bound of its gain is above 0.
 * Drift and performance do not go away for want of proof: they wait for more rows.
 */
export function judge(decision: Pick<Decision, 'triggers'>, judgement: Judgement): JudgedAction {
  const { champion, seenUntil, newRows, backtest } = judgement;
  const best = backtest?.candidates.find(({ window }) => window === backtest.best);
  const since = best?.since ?? null;
  const window = best ? `of the windows tried, ${best.window} is best` : 'on all rows';
  const train = (why: string): JudgedAction => ({ action: 'train', since, reason: `${why}; ${window}` });
  const isOf = (...kinds: readonly string[]) => decision.triggers.some(({ kind }) => kinds.includes(kind));
  if (champion === null) return train('there is no champion yet');
  if (askedByPerson(decision)) return train('a person asks for it');
  if (isOf('change')) return train('the deployed spec or code is not the champion’s');

  const waits = isOf('drift', 'performance') ? 'wait' : 'decline';
  const without = (action: 'wait' | 'decline', why: string): JudgedAction => ({
    action,
    since: null,
    reason: `${action === 'wait' ? 'waits for newer labelled rows' : 'no point'}: ${why}`,
  });
  if (newRows === 0)
    return without(waits, `version ${champion} has seen all labelled rows, the newest is of ${seenUntil}`);
  if (!backtest || !best)
    return without(
      waits,
      `${newRows} labelled rows are newer than version ${champion}: too few to compare on`,
    );
  const gain = describeGain(best, backtest.rows);
  if (best.gainAtLeast > 0) return train(`it would help: ${gain}`);
  return without(best.gain > 0 ? waits : 'decline', `it would not help beyond doubt: ${gain}`);
}

function describeGain({ window, gain, gainAtLeast }: BacktestCandidate, rows: number): string {
  const how = gain > 0 ? `${figure(gain)} smaller` : `${figure(-gain)} greater`;
  const sure = gain > 0 ? `at least ${figure(gainAtLeast)}, ` : '';
  return `trained on ${window} the loss is ${how} than the champion's, ${sure}on ${rows} rows`;
}
