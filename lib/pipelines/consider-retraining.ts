import { ConflictError } from '#core/errors.ts';
import type { ModelVersion } from '#core/registry/records.ts';
import { decisionNews } from '#core/retrain/decision-news.ts';
import type { RetrainingFacts } from '#core/retrain/facts.ts';
import { leftApproved } from '#core/retrain/follow-decision.ts';
import { callOf, markTold, moveLoop } from '#core/retrain/move-loop.ts';
import type { Decision, RetrainingLoop, Trigger } from '#core/retrain/records.ts';
import type { Events } from '#ports/events.ts';
import type { ModelExecutions } from '#ports/executions.ts';
import type { People } from '#ports/people.ts';
import type { RetrainingRegistry } from '#ports/registry.ts';
import { carryOutApproval, type DecidedVersion } from './carry-out-approval.ts';
import { type ChangePorts, changeRetraining } from './change-retraining.ts';
import { type Deployed, type FactPorts, readRetrainingFacts } from './read-retraining-facts.ts';

export interface RetrainingPorts extends FactPorts, ChangePorts {
  readonly registry: FactPorts['registry'] & RetrainingRegistry;
  readonly executions: FactPorts['executions'] & { readonly 'deploy-model': Pick<ModelExecutions, 'start'> };
  readonly events: Events;
  readonly people: People;
}

/** A wake-up of a model's loop: an event, a tick of the clock, or a person. */
export interface WakeUp extends Deployed {
  /** What it brings; none: things are only looked at. */
  readonly triggers: readonly Trigger[];
  /** ISO 8601, UTC. */
  readonly asOf: string;
  /** The environment's: cooldown and schedule are divided by it. */
  readonly pace: number;
}

/** Executions that are dead when they are to be started, one after another, before we leave it to the next wake-up. */
const MAX_TURNS = 5;

/**
 * Moves a model's loop on, as far as things are: takes triggers in, settles what was carried out, begins what may
 * begin, and tells people what they must hear of. Safe to repeat, to be cut off anywhere, and to be done by many at
 * once. @returns the loop as it is then
 */
export async function considerRetraining(ports: RetrainingPorts, wake: WakeUp): Promise<RetrainingLoop> {
  const { model, triggers, asOf, pace } = wake;
  const policy = { retrain: model.retrain, pace };
  let facts: RetrainingFacts | undefined;
  for (let turn = 1; ; turn++) {
    const { loop } = await changeRetraining(ports, model.name, async (before) => {
      facts = await readRetrainingFacts(ports, before, wake, asOf);
      const lastJudged = await judgedBefore(ports, before, triggers);
      return moveLoop(before, {
        triggers,
        facts: { ...facts, ...(lastJudged && { lastJudged }) },
        policy,
        asOf,
      });
    });
    if (!(await isStarted(ports, loop.open)) && turn < MAX_TURNS) continue;
    const told = await tellUntold(ports, loop);
    const left = leftApproved(loop.open, facts?.carried ?? {}, asOf);
    if (left) await carryOn(ports, left, asOf);
    return told;
  }
}

/** The next wake-up sees what came of it. */
async function carryOn(ports: RetrainingPorts, version: ModelVersion, asOf: string): Promise<void> {
  const rollouts = ports.executions['deploy-model'];
  try {
    await carryOutApproval({ ...ports, rollouts }, version as DecidedVersion, asOf);
  } catch (error) {
    // The deployment changed since it was looked at.
    if (!(error instanceof ConflictError)) throw error;
  }
}

/** The decision that was judged last: a person who is heard of now may have asked before it was over. */
async function judgedBefore(
  { registry }: RetrainingPorts,
  { model, judged }: RetrainingLoop,
  triggers: readonly Trigger[],
): Promise<Decision | undefined> {
  const isAsked = triggers.some(({ kind }) => kind === 'person');
  return judged && isAsked ? registry.decision(model, judged.decision) : undefined;
}

/** Starts the execution of a decision that is to be judged, unless it runs. @returns false when it is over */
async function isStarted({ executions }: RetrainingPorts, open: Decision | null): Promise<boolean> {
  return open?.status !== 'judging' || executions['retrain-model'].start(open.model, callOf(open));
}

/** What was told is marked afterwards: a crash between the two tells it again, with the same id. */
async function tellUntold(ports: RetrainingPorts, loop: RetrainingLoop): Promise<RetrainingLoop> {
  const { registry, people } = ports;
  const { model, untold } = loop;
  if (untold.length === 0) return loop;
  for (const number of untold) {
    const decision = await registry.decision(model, number);
    if (decision) await people.tell(decisionNews(decision));
  }
  return (await changeRetraining(ports, model, async (now) => markTold(now, untold))).loop;
}
