import { durationSeconds } from '../spec/duration.ts';
import type { RetrainingPolicy } from './facts.ts';
import type { MonthSpent, RetrainingLoop } from './records.ts';

/** What holds a decision back. */
export interface Hold {
  /** Until when, ISO 8601, UTC; absent: until something happens. */
  readonly until?: string;
  readonly reason: string;
}

const MAX_MONTHS = 24;
const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;
const TIMES = ['', 'once', 'twice', 'three times'] as const;

/**
 * The cooldown: the spec's, doubled by each of the newest retrainings that did not help, from the newest training's
 * start. A clock before that start was set back, or the start was by a clock that was ahead: by such a clock the
 * cooldown begins at the earliest instant that was seen of it, so that it neither freezes nor is cut short.
 * @returns undefined when it is over
 */
export function cooldownHold(
  { cooldown, unhelpful }: RetrainingLoop,
  { retrain, pace }: RetrainingPolicy,
  asOf: string,
): Hold | undefined {
  if (!cooldown) return undefined;
  const now = Date.parse(asOf);
  const since = Date.parse(cooldown.since);
  const isBefore = now < since;
  const start = isBefore ? Math.min(now, Date.parse(cooldown.back ?? asOf)) : since;
  const end = start + (durationSeconds(retrain.cooldown) * 1000 * 2 ** unhelpful.length) / pace;
  if (now >= end) return undefined;
  const until = new Date(end).toISOString();
  const began = isBefore
    ? `the newest training began at ${cooldown.since}, which this clock has before it`
    : `the newest training began ${ago((now - since) / 1000)} ago`;
  const paced = pace === 1 ? '' : ` divided by the environment's pace, ${pace}`;
  return { until, reason: `${began}, the cooldown is ${retrain.cooldown}${paced}${widened(unhelpful)}` };
}

/** Remembers the earliest that the clock was seen at before the newest training. */
export function seenClock(cooldown: RetrainingLoop['cooldown'], asOf: string): RetrainingLoop['cooldown'] {
  if (!cooldown) return cooldown;
  const { since, back = since } = cooldown;
  return Date.parse(asOf) < Date.parse(back) ? { since, back: asOf } : cooldown;
}

/** The budget of the calendar month, UTC. @returns undefined when there is some left */
export function budgetHold(
  { months }: RetrainingLoop,
  { retrain: { budget } }: RetrainingPolicy,
  asOf: string,
): Hold | undefined {
  const name = monthOf(asOf);
  const { trainings, usd } = spentIn(months, name);
  if (trainings < budget.trainings && usd < budget.usd) return undefined;
  const [year, month] = name.split('-').map(Number) as [number, number];
  return {
    until: new Date(Date.UTC(year, month)).toISOString(),
    reason: `the budget of ${name} is spent: ${trainings} of ${budget.trainings} trainings, $${usd.toFixed(2)} of $${budget.usd}`,
  };
}

/** Each month has its own account, by name: however the clock jumps, none is spent twice. */
export function spend(
  months: readonly MonthSpent[],
  at: string,
  more: Omit<MonthSpent, 'name'>,
): readonly MonthSpent[] {
  const name = monthOf(at);
  const { trainings, usd } = spentIn(months, name);
  const changed = { name, trainings: trainings + more.trainings, usd: usd + more.usd };
  return [...months.filter((month) => month.name !== name), changed].slice(-MAX_MONTHS);
}

const monthOf = (at: string) => new Date(at).toISOString().slice(0, 7);

const spentIn = (months: readonly MonthSpent[], name: string): MonthSpent =>
  months.find((month) => month.name === name) ?? { name, trainings: 0, usd: 0 };

function ago(seconds: number): string {
  const [name, length] = UNITS.find(([, unit]) => seconds >= 2 * unit) ?? ['s', 1];
  return `${Math.floor(seconds / length)} ${name}`;
}

function widened(unhelpful: readonly number[]): string {
  if (unhelpful.length === 0) return '';
  const last = unhelpful.at(-1);
  const numbers =
    unhelpful.length === 1
      ? `retraining ${last}`
      : `retrainings ${unhelpful.slice(0, -1).join(', ')} and ${last}`;
  return `, doubled ${TIMES[unhelpful.length] ?? `${unhelpful.length} times`} because ${numbers} did not help`;
}
