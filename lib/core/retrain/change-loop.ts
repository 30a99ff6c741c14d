import { clipText } from '../notify/notification.ts';
import type { Decision, DecisionStatus, GatheredTriggers, RetrainingLoop } from './records.ts';

/** A loop under way to its next state, and the decisions that changed with it. */
export interface Moved {
  readonly loop: RetrainingLoop;
  readonly changed: readonly Decision[];
}

/** What a transition stores: all or nothing; no loop: nothing changes. */
export interface LoopChange {
  readonly next?: RetrainingLoop;
  readonly decisions: readonly Decision[];
}

const MAX_STEPS = 40;
const MAX_TEXT = 1000;

/** Before anything happened. */
export function emptyLoop(model: string): RetrainingLoop {
  return {
    model,
    rev: 0,
    decisions: 0,
    open: null,
    next: null,
    cooldown: null,
    unhelpful: [],
    months: [],
    judged: null,
    seen: [],
    untold: [],
  };
}

export const unmoved = (loop: RetrainingLoop): Moved => ({ loop, changed: [] });

/** What is to be stored of it. @param from the loop as it was read */
export function changeFrom(from: RetrainingLoop, { loop, changed }: Moved): LoopChange {
  return loop === from ? { decisions: [] } : { next: { ...loop, rev: from.rev + 1 }, decisions: changed };
}

export function withLoop({ loop, changed }: Moved, changes: Partial<RetrainingLoop>): Moved {
  return { loop: { ...loop, ...changes }, changed };
}

/** Stores a decision; while it is open it is in the loop, too. */
export function withDecision({ loop, changed }: Moved, decision: Decision): Moved {
  const isOpen = loop.open?.number === decision.number;
  return {
    loop: isOpen ? { ...loop, open: decision } : { ...loop },
    changed: [...changed.filter(({ number }) => number !== decision.number), decision],
  };
}

/** A decision that has just come up, with the next number; it is not open yet. */
export function newDecision(
  moved: Moved,
  gathered: GatheredTriggers,
  step: Decision['steps'][number],
): { readonly moved: Moved; readonly decision: Decision } {
  const { model, decisions } = moved.loop;
  const number = decisions + 1;
  const decision = withStep({ model, number, status: step.status, reason: '', ...gathered, steps: [] }, step);
  return { moved: withDecision(withLoop(moved, { decisions: number }), decision), decision };
}

/** What happened to it last; `until` is of that step alone. */
export function withStep(
  { until: _, ...decision }: Decision,
  step: { readonly at: string; readonly status: DecisionStatus; readonly reason: string },
  more: Partial<Decision> = {},
): Decision {
  const { at, status } = step;
  const reason = clipText(step.reason, MAX_TEXT);
  const [first, ...later] = [...decision.steps, { at, status, reason }];
  const steps = first ? [first, ...later.slice(1 - MAX_STEPS)] : [];
  return { ...decision, status, reason, steps, ...more };
}

/** What was gathered becomes the open decision, when none is. */
export function openNext(moved: Moved, at: string): Moved {
  const { next, open } = moved.loop;
  if (open || !next) return moved;
  const reason = 'its turn has come';
  const made = newDecision(withLoop(moved, { next: null }), next, { at, status: 'waiting', reason });
  return withLoop(made.moved, { open: made.decision });
}
