import { type Moved, openNext, withDecision, withLoop, withStep } from './change-loop.ts';
import { gatherAll, newWishesOf } from './gather-triggers.ts';
import { spend } from './limits.ts';
import type { Decision, DecisionStatus, RetrainingLoop } from './records.ts';
import { isCarriedOut } from './take-trigger.ts';

/** Retrainings that did not help. */
const UNHELPFUL: readonly DecisionStatus[] = ['refused', 'rejected', 'expired', 'rolled-back', 'failed'];
/** What people must hear of; held: only they can promote it. */
const NEWS: readonly DecisionStatus[] = [...UNHELPFUL, 'held'];
/** Each doubles the cooldown: eightfold at most. */
const MAX_UNHELPFUL = 3;

/** A step of the open decision; when it is over by that, the next opens, and the loop learns from it. */
export function stepOpen(
  moved: Moved,
  step: { readonly at: string; readonly status: DecisionStatus; readonly reason: string },
  more: Partial<Decision> = {},
): Moved {
  const { open } = moved.loop;
  if (!open) return moved;
  const kept = step.status === 'failed' ? passOn(moved, open) : moved;
  const stepped = withDecision(kept, withStep(kept.loop.open ?? open, step, more));
  const paid = payFor(stepped, open);
  if (isCarriedOut(step) || step.status === 'waiting') return paid;
  return openNext(withLoop(paid, { open: null, ...learn(paid.loop, open, step) }), step.at);
}

/** Wishes that joined what then failed are tried in the next decision: a failure may be one of the moment. */
function passOn(moved: Moved, open: Decision): Moved {
  const wishes = newWishesOf(open);
  if (wishes.length === 0) return moved;
  const triggers = open.triggers.filter((trigger) => !wishes.includes(trigger));
  const next = gatherAll({ triggers: wishes }, moved.loop.next);
  return withLoop(moved, { open: { ...open, triggers }, next });
}

/** What a training cost, once it is known, counts in the month that it began in. */
function payFor(moved: Moved, { number, costUsd, trainedAt }: Decision): Moved {
  const now = moved.changed.find((decision) => decision.number === number);
  if (!now || costUsd !== undefined || now.costUsd === undefined || !trainedAt || (now.asked ?? 0) > 0)
    return moved;
  return withLoop(moved, {
    months: spend(moved.loop.months, trainedAt, { trainings: 0, usd: now.costUsd }),
  });
}

function learn(
  { unhelpful, judged, cooldown, untold }: RetrainingLoop,
  { number, status: from }: Decision,
  { status, at }: { readonly status: DecisionStatus; readonly at: string },
): Partial<RetrainingLoop> {
  const isUnhelpful = UNHELPFUL.includes(status);
  return {
    ...(status === 'promoted' && { unhelpful: [] }),
    ...(isUnhelpful && { unhelpful: [...unhelpful, number].slice(-MAX_UNHELPFUL) }),
    // What failed says nothing of the data: it may be judged again. A judging that fails is not tried at once again.
    ...(status === 'failed' && { judged: judged?.decision === number ? null : judged }),
    ...(status === 'failed' && { cooldown: from === 'judging' ? { since: at } : cooldown }),
    ...(NEWS.includes(status) && { untold: [...untold, number] }),
  };
}
