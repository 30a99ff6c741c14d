import { InvalidInputError } from '../errors.ts';

/** Longest window of a replay, hours. */
export const MAX_REPLAY_HOURS = 7 * 24;
/** Most logged predictions of a replay. */
export const MAX_REPLAY_ROWS = 100_000;

/** What is replayed with what. */
export interface ReplayRequest {
  readonly model: string;
  readonly version: number;
  /** ISO 8601, UTC; in the window. */
  readonly from: string;
  /** ISO 8601, UTC; not in it. */
  readonly to: string;
  readonly by: string;
  readonly reason: string;
}

/** @throws InvalidInputError when the window ends before it begins, or is too long */
export function requireWindow({ from, to }: Pick<ReplayRequest, 'from' | 'to'>): void {
  const hours = (Date.parse(to) - Date.parse(from)) / 3_600_000;
  if (hours <= 0)
    throw new InvalidInputError([{ field: 'from', expected: `an instant before ${to}`, got: from }]);
  if (hours > MAX_REPLAY_HOURS) {
    const expected = `at most ${MAX_REPLAY_HOURS} hours before ${to}`;
    throw new InvalidInputError([{ field: 'from', expected, got: from }]);
  }
}
