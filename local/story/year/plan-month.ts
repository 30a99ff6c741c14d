import { durationSeconds } from '#core/spec/duration.ts';

/** The months that are asked about, each when its flights are not yet known. */
export const MONTHS = [4, 5, 6, 7, 8, 9, 10, 11, 12].map((month) => monthName(2013, month));

/** A month begins when it does in New York, at the latest. */
const BEGINS_HOURS = 5;
/** A window is looked at this much after it ended. */
const LOOKED_AT_MS = 5 * 60_000;

/** Monitoring is looked at with the month that begins or ends within so long: an alarm takes a day's figures together. */
const DAY_MS = 86_400_000;

/** Flights of a month that are asked about at one moment. */
export interface Stretch {
  /** When, ISO 8601, UTC: their first hour, about. */
  readonly at: string;
  /** Whether a window of monitoring has just ended. */
  readonly endsWindow: boolean;
}

/** `2013-04` */
function monthName(year: number, month: number): string {
  return new Date(Date.UTC(year, month - 1)).toISOString().slice(0, 7);
}

/** The month after `2013-12` is `2014-01`. */
export function monthAfter(month: string): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return monthName(year, number + 1);
}

/** When a month begins, ISO 8601, UTC. */
export function beginningOf(month: string): string {
  return `${month}-01T0${BEGINS_HOURS}:00:00.000Z`;
}

/**
 * A month in stretches: from its beginning, and from each end of a window of monitoring within it
 * that is not within a day of its borders.
 * @param every how long a window is, as the spec says it
 */
export function planMonth(month: string, every: string): Stretch[] {
  const length = durationSeconds(every) * 1000;
  const [from, to] = [month, monthAfter(month)].map((name) => Date.parse(beginningOf(name))) as [
    number,
    number,
  ];
  const stretches: Stretch[] = [{ at: new Date(from).toISOString(), endsWindow: false }];
  for (let end = Math.ceil(from / length) * length; end + DAY_MS < to; end += length) {
    if (end > from + DAY_MS)
      stretches.push({ at: new Date(end + LOOKED_AT_MS).toISOString(), endsWindow: true });
  }
  return stretches;
}

/**
 * Cuts rows in order of time at the stretches' moments; what is before the first is in the first.
 * @param timeOf a row's own time, ISO 8601
 */
export function cutAt<T>(
  stretches: readonly Stretch[],
  rows: readonly T[],
  timeOf: (row: T) => string,
): readonly (readonly T[])[] {
  const borders = stretches.slice(1).map(({ at }) => {
    const found = rows.findIndex((row) => Date.parse(timeOf(row)) >= Date.parse(at));
    return found < 0 ? rows.length : found;
  });
  return [0, ...borders].map((start, index) => rows.slice(start, borders[index] ?? rows.length));
}
