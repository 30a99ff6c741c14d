import {
  changeFrom,
  type LoopChange,
  type Moved,
  unmoved,
  withDecision,
  withLoop,
  withStep,
} from './change-loop.ts';
import type { RetrainingFacts, RetrainingPolicy } from './facts.ts';
import { followDecision } from './follow-decision.ts';
import { dueTriggers, wishesOf } from './gather-triggers.ts';
import { seenClock } from './limits.ts';
import type { Decision, RetrainingLoop, Trigger } from './records.ts';
import { stepOpen } from './settle-decision.ts';
import { isCarriedOut, takeTrigger } from './take-trigger.ts';
import { weighDecision } from './weigh-decision.ts';

/** A wake-up of a model's loop. */
export interface WakeUp {
  /** What woke it, and what came together with that. */
  readonly triggers: readonly Trigger[];
  readonly facts: RetrainingFacts;
  readonly policy: RetrainingPolicy;
  /** ISO 8601, UTC. */
  readonly asOf: string;
}

/**
 * One step of the loop: takes in what came and what is due by the clock, follows the decision that is carried out, and
 * weighs the one that waits. It depends on how things are, not on what happened: done again, it changes nothing.
 */
export function moveLoop(loop: RetrainingLoop, wake: WakeUp): LoopChange {
  const { facts, policy, asOf } = wake;
  const all = [...wake.triggers, ...dueTriggers(facts, policy, asOf)];
  const taken = all.reduce<Moved>(
    (moved, trigger) => takeTrigger(moved, trigger, facts, policy.retrain, asOf),
    atClock(unmoved(loop), asOf),
  );
  return changeFrom(loop, weighOpen(followOpen(taken, wake), wake));
}

/** What the open decision's execution is started with; made of the decision alone. */
export function callOf({ number, execution, asOf, reason }: Decision): {
  readonly execution: string;
  readonly input: {
    readonly decision: number;
    readonly asOf: string;
    readonly by: string;
    readonly reason: string;
  };
} {
  return {
    execution: execution as string,
    input: { decision: number, asOf: asOf as string, by: 'leeboard', reason },
  };
}

/** People have heard of these decisions. */
export function markTold(loop: RetrainingLoop, told: readonly number[]): LoopChange {
  const untold = loop.untold.filter((number) => !told.includes(number));
  if (untold.length === loop.untold.length) return { decisions: [] };
  return changeFrom(loop, withLoop(unmoved(loop), { untold }));
}

function atClock(moved: Moved, asOf: string): Moved {
  const cooldown = seenClock(moved.loop.cooldown, asOf);
  return cooldown === moved.loop.cooldown ? moved : withLoop(moved, { cooldown });
}

function followOpen(moved: Moved, { facts: { carried, deployment }, asOf: at }: WakeUp): Moved {
  const { open } = moved.loop;
  const come = open && isCarriedOut(open) && carried && followDecision(open, carried, deployment);
  if (!come) return moved;
  const { status, reason, known } = come;
  return stepOpen(moved, { at, status, reason }, known);
}

function weighOpen(moved: Moved, { facts, policy, asOf: at }: WakeUp): Moved {
  const { loop } = moved;
  const { open } = loop;
  if (!open || isCarriedOut(open)) return moved;
  const weighed = weighDecision(loop, open, facts, policy, at);
  const { reason } = weighed;
  if (weighed.action === 'decline') return stepOpen(moved, { at, status: 'declined', reason });
  if (weighed.action === 'judge') {
    const judgings = (open.judgings ?? 0) + 1;
    const execution = nameOf(open.number, judgings);
    const begun = { judgings, execution, asOf: at, judges: facts.state, asked: wishesOf(open).length };
    return withDecision(moved, withStep(open, { at, status: 'judging', reason }, begun));
  }
  // Of one wait only the first look is kept, though figures in its sentence go on.
  const { until } = weighed;
  const isSame =
    until !== undefined ? open.until === until : open.reason === reason && open.until === undefined;
  if (isSame) return moved;
  const step = { at, status: 'waiting', reason } as const;
  return withDecision(moved, withStep(open, step, until === undefined ? {} : { until }));
}

function nameOf(decision: number, judging: number): string {
  const name = `decision-${String(decision).padStart(6, '0')}`;
  return judging === 1 ? name : `${name}-${judging}`;
}
