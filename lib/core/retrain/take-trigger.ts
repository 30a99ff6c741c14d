import { canonicalJson } from '../data/canonical-json.ts';
import type { RetrainSpec } from '../spec/retrain.ts';
import { type Moved, newDecision, withDecision, withLoop } from './change-loop.ts';
import type { RetrainingFacts } from './facts.ts';
import { gather } from './gather-triggers.ts';
import type { Decision, DecisionStatus, Trigger, TriggerKind } from './records.ts';

const MAX_SEEN = 500;

/** Statuses of a decision that is carried out: what comes then is for the next. */
const CARRIED: readonly DecisionStatus[] = ['judging', 'training', 'approval', 'rollout'];

export const isCarriedOut = ({ status }: Pick<Decision, 'status'>): boolean => CARRIED.includes(status);

/**
 * Takes a trigger in: into the decision that waits, or into what is gathered for the next while one is carried out;
 * a person's wish joins the decision that does already what it asks for. One that the spec does not retrain for is a
 * decision of its own, over at once. One that was taken in is not again.
 */
export function takeTrigger(
  moved: Moved,
  trigger: Trigger,
  facts: RetrainingFacts,
  retrain: RetrainSpec,
  at: string,
): Moved {
  const { loop } = moved;
  if (loop.seen.includes(trigger.id)) return moved;
  const taken = withLoop(moved, { seen: [...loop.seen, trigger.id].slice(-MAX_SEEN) });
  const alone = gather({ triggers: [] }, trigger);
  const unwanted = whyUnwanted(trigger.kind, retrain);
  if (unwanted) return newDecision(taken, alone, { at, status: 'ignored', reason: unwanted }).moved;
  const { open, next } = loop;
  const doing = trigger.kind === 'person' && whatDoes(trigger, moved, facts);
  if (doing) return withDecision(taken, { ...doing, ...gather(doing, trigger) });
  if (open && isCarriedOut(open)) return withLoop(taken, { next: next ? gather(next, trigger) : alone });
  if (open) return withDecision(taken, { ...open, ...gather(open, trigger) });
  const made = newDecision(taken, alone, { at, status: 'waiting', reason: trigger.reason });
  return withLoop(made.moved, { open: made.decision });
}

/**
 * The decision that a wish need not be carried out beside: on the same data, spec and code a training makes the same
 * model, byte for byte. It is under way, or has trained and was not over when the person asked; one that failed is not
 * `lastJudged`.
 */
function whatDoes(
  { at: asked }: Trigger,
  { loop: { open }, changed }: Moved,
  { state, lastJudged }: RetrainingFacts,
): Decision | undefined {
  const isSame = ({ judges }: Decision) => judges && canonicalJson(judges) === canonicalJson(state);
  if (open && isCarriedOut(open)) return isSame(open) ? open : undefined;
  const last = changed.find(({ number }) => number === lastJudged?.number) ?? lastJudged;
  if (!last?.trainedAt || !isSame(last)) return undefined;
  const over = last.steps.at(-1)?.at as string;
  return Date.parse(asked) <= Date.parse(over) ? last : undefined;
}

function whyUnwanted(kind: TriggerKind, retrain: RetrainSpec): string | undefined {
  const settings: Record<TriggerKind, readonly [wanted: boolean, what: string]> = {
    'new-data': [retrain.onNewData !== undefined, 'new data: retrain.onNewData is not set'],
    schedule: [retrain.every !== undefined, 'a schedule: retrain.every is not set'],
    drift: [retrain.onDrift, 'drift: retrain.onDrift is false'],
    performance: [retrain.onPerformance, 'worse performance: retrain.onPerformance is false'],
    change: [retrain.onChange, 'a changed spec or code: retrain.onChange is false'],
    person: [true, ''],
  };
  const [wanted, what] = settings[kind];
  return wanted ? undefined : `the spec does not retrain for ${what}`;
}
