import { clipText } from '../notify/notification.ts';
import { durationSeconds } from '../spec/duration.ts';
import type { RetrainingFacts, RetrainingPolicy } from './facts.ts';
import type { Decision, GatheredTriggers, Trigger } from './records.ts';

const MAX_TRIGGERS = 100;
/** UTF-16 units of a reason: an item of the registry has a limit. */
const MAX_TEXT = 500;
const MAX_FIGURES = 10;

/** One more. Where there are too many, one goes of a kind that has others: the first and the newest of a kind stay. */
export function gather({ triggers, more = 0 }: GatheredTriggers, trigger: Trigger): GatheredTriggers {
  const all = [...triggers, bounded(trigger)];
  if (all.length <= MAX_TRIGGERS) return { triggers: all, ...(more > 0 && { more }) };
  const kinds = [trigger.kind, ...all.map(({ kind }) => kind)];
  const crowded = kinds.find((kind) => all.filter((one) => one.kind === kind).length > 2);
  const [, second] = all.filter(({ kind }) => kind === crowded);
  return { triggers: all.filter((one) => one !== second), more: more + 1 };
}

/** All of both. */
export function gatherAll(first: GatheredTriggers, then: GatheredTriggers | null): GatheredTriggers {
  const all = (then?.triggers ?? []).reduce<GatheredTriggers>(gather, first);
  const more = (all.more ?? 0) + (then?.more ?? 0);
  return { triggers: all.triggers, ...(more > 0 && { more }) };
}

/**
 * The triggers that come of the clock and of what is deployed: the newest instant of the schedule that is later than
 * the champion, and a champion of another spec or other code.
 */
export function dueTriggers(
  { champion, state }: RetrainingFacts,
  { retrain, pace }: RetrainingPolicy,
  asOf: string,
): Trigger[] {
  const due: Trigger[] = [];
  if (retrain.every) {
    const step = (durationSeconds(retrain.every) * 1000) / pace;
    const at = new Date(Math.floor(Date.parse(asOf) / step) * step).toISOString();
    const reason = `every ${retrain.every}: it was time at ${at}`;
    if (!champion || Date.parse(champion.createdAt) < Date.parse(at))
      due.push({ id: `schedule:${at}`, kind: 'schedule', at, by: 'leeboard', reason });
  }
  if (retrain.onChange && champion && isChanged(champion.isOfOther)) {
    const { specHash, codeVersion } = state;
    const id = `change:${specHash}:${codeVersion}`;
    const { version, isOfOther } = champion;
    const what = [isOfOther.spec && 'spec', isOfOther.code && 'code'].filter(Boolean).join(' and ');
    const reason = `version ${version} was made by another ${what} than is deployed`;
    due.push({ id, kind: 'change', at: asOf, by: 'leeboard', reason });
  }
  return due;
}

export const isChanged = ({ spec, code }: { readonly spec: boolean; readonly code: boolean }): boolean =>
  spec || code;

/** What began it, for people. */
export function causes({ triggers, more = 0 }: GatheredTriggers): string {
  const person = triggers.find(({ kind }) => kind === 'person');
  const first = person ?? triggers[0];
  const others = triggers.length - 1 + more;
  const also = others > 0 ? `, and ${others} more ${others === 1 ? 'cause' : 'causes'}` : '';
  return `${first?.reason}${also}`;
}

/** Of people who asked for it. */
export const wishesOf = ({ triggers }: GatheredTriggers): readonly Trigger[] =>
  triggers.filter(({ kind }) => kind === 'person');

/** Those that came after what it does now had begun. */
export const newWishesOf = (decision: Decision): readonly Trigger[] =>
  wishesOf(decision).slice(decision.asked ?? 0);

function bounded(trigger: Trigger): Trigger {
  const { figures } = trigger;
  const kept = figures && Object.fromEntries(Object.entries(figures).slice(0, MAX_FIGURES));
  return {
    ...trigger,
    by: clipText(trigger.by, MAX_TEXT),
    reason: clipText(trigger.reason, MAX_TEXT),
    ...(kept && { figures: kept }),
  };
}
