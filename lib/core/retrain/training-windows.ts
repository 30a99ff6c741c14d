import { durationSeconds } from '../spec/duration.ts';
import type { TrainingWindow } from '../spec/retrain.ts';

/** A window of rows to learn from. */
export interface WindowStart {
  /** As in the spec. */
  readonly window: TrainingWindow;
  /** Its oldest instant, ISO 8601, UTC; null: all rows. */
  readonly since: string | null;
}

/** What windows are counted from; instants are ISO 8601, UTC. */
export interface WindowAnchors {
  /** Oldest labelled row. */
  readonly oldest: string;
  /** The rows learned from end here: a duration goes back from it. */
  readonly newest: string;
  /** Since when the inputs drift; null: they do not. */
  readonly changedAt: string | null;
}

/**
 * The windows of a spec as instants, each once: a window that holds all rows is `all`, of equal ones the first stays,
 * and `since change` is left out where nothing changed.
 */
export function windowStarts(
  windows: readonly TrainingWindow[],
  { oldest, newest, changedAt }: WindowAnchors,
): WindowStart[] {
  const starts = windows.flatMap((window) => {
    const since = beginning(window, newest, changedAt);
    if (since === undefined) return [];
    const isAll = since === null || Date.parse(since) <= Date.parse(oldest);
    return [{ window, since: isAll ? null : since }];
  });
  return starts.filter(({ since }, index) => starts.findIndex((other) => other.since === since) === index);
}

/** null: all rows; undefined: there is no such window. */
function beginning(
  window: TrainingWindow,
  newest: string,
  changedAt: string | null,
): string | null | undefined {
  if (window === 'all') return null;
  if (window === 'since change') return changedAt ?? undefined;
  return new Date(Date.parse(newest) - durationSeconds(window) * 1000).toISOString();
}

/** Fewest newer labelled rows that windows are compared on: fewer, and the mean of the pairs is hardly normal. */
export const FEWEST_NEW_ROWS = 200;
/** Share of the newer rows that windows are compared on; the older rest is learned from, since it tells most. */
const COMPARED_SHARE = 0.3;
/** More make the answer no surer: the error of a mean of so many pairs is a few thousandths of their spread. */
const MOST_COMPARED = 50_000;

/**
 * How many of the rows that the champion never saw windows are compared on: the newest 30 %, but at least
 * `FEWEST_NEW_ROWS` and at most 50,000.
 */
export function comparedRows(newRows: number): number {
  const share = Math.ceil(newRows * COMPARED_SHARE);
  return Math.min(newRows, Math.max(FEWEST_NEW_ROWS, Math.min(share, MOST_COMPARED)));
}
