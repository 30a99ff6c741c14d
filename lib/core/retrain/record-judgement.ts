import type { ObjectPointer } from '../registry/records.ts';
import { changeFrom, type LoopChange, unmoved, withDecision, withLoop } from './change-loop.ts';
import { gatherAll, newWishesOf, wishesOf } from './gather-triggers.ts';
import { spend } from './limits.ts';
import type { Decision, JudgedAction, Judgement, RetrainingLoop } from './records.ts';
import { stepOpen } from './settle-decision.ts';

/** A judgement of a decision, and who judged. */
export interface Judged {
  readonly decision: number;
  /** Name of the execution. */
  readonly execution: string;
  readonly judgement: Judgement;
  /** What becomes of it. */
  readonly verdict: JudgedAction;
  /** Where the whole of it is. */
  readonly judgementFile?: ObjectPointer;
  /** ISO 8601, UTC. */
  readonly asOf: string;
}

/** Records what a judgement comes to. One that was recorded before gives the same answer, whatever it says now. */
export function recordJudgement(
  loop: RetrainingLoop,
  stored: Decision | undefined,
  { execution, judgement, verdict, judgementFile, asOf: at, ...judged }: Judged,
): LoopChange & { readonly answer: JudgedAction } {
  const { open } = loop;
  const decision = open?.number === judged.decision ? open : stored;
  if (!open || decision !== open || open.status !== 'judging' || open.execution !== execution)
    return { decisions: [], answer: recorded(decision, execution) };

  const { action, since, reason } = heed(verdict, open);
  const answer: JudgedAction = { action, since, reason };
  const known = { judgement, ...(judgementFile && { judgementFile }) };
  const state = open.judges && { ...open.judges, decision: open.number };
  const moved = withLoop(unmoved(loop), { ...(state && { judged: state }) });
  if (action === 'decline')
    return { ...changeFrom(loop, stepOpen(moved, { at, status: 'declined', reason }, known)), answer };
  if (action === 'wait') {
    // What came meanwhile waits with it.
    const together = withDecision(withLoop(moved, { next: null }), {
      ...open,
      ...gatherAll(open, loop.next),
    });
    return { ...changeFrom(loop, stepOpen(together, { at, status: 'waiting', reason }, known)), answer };
  }
  const asked = wishesOf(open).length;
  const counted = asked > 0 ? loop.months : spend(loop.months, at, { trainings: 1, usd: 0 });
  const begun = withLoop(moved, { cooldown: { since: at }, months: counted });
  const training = { ...known, asked, since, trainedAt: at, runId: execution };
  return { ...changeFrom(loop, stepOpen(begun, { at, status: 'training', reason }, training)), answer };
}

/** A wish that came while it was judged may not have been known: not trained, it is judged again for that. */
function heed(verdict: JudgedAction, open: Decision): JudgedAction {
  const wish = newWishesOf(open).at(-1);
  if (verdict.action === 'train' || !wish) return verdict;
  return {
    action: 'wait',
    since: null,
    reason: `${verdict.reason}; ${wish.by} asked for it meanwhile: it is judged again`,
  };
}

/** What was recorded of that execution before, or that its judgement counts no more. */
function recorded(decision: Decision | undefined, execution: string): JudgedAction {
  const isIts = decision?.execution === execution;
  const reason = decision?.reason ?? 'there is no such decision';
  if (!isIts || !decision) return { action: 'decline', since: null, reason };
  const { since, status, trainedAt } = decision;
  if (status === 'training' && trainedAt !== undefined)
    return { action: 'train', since: since ?? null, reason };
  return { action: status === 'waiting' ? 'wait' : 'decline', since: null, reason };
}
