import { InvalidInputError } from '#core/errors.ts';
import type { LoggedPrediction } from '#core/serve/answer.ts';
import type { ListedObject, ObjectStore } from '#ports/object-store.ts';
import { listHours, ofHours } from './list-hours.ts';
import { type ObjectLines, readLines, type Window } from './read-lines.ts';

const HOUR = 3_600_000;
/**
 * Firehose names an object by the arrival of its oldest record, and fills it for at most 15 minutes.
 * https://docs.aws.amazon.com/firehose/latest/dev/s3-prefixes.html
 */
const LONGEST_BUFFER = 15 * 60_000;
/** Firehose may deliver an answer so much later than it was given. */
const LATEST_DELIVERY = HOUR;
/** About 140,000 rows of twenty columns, unpacked: what a function of 2 GB can hold beside its work. */
export const MOST_LOG = 128 * 2 ** 20;

/** How much later than it is written as a rule a row may be found in the log. */
export const LATEST_ROW = LATEST_DELIVERY + LONGEST_BUFFER;

/** Objects of the log that may have rows of a window; oldest folder first. */
export function windowObjects(store: ObjectStore, model: string, window: Window): Promise<ListedObject[]> {
  const { from, to } = foldersOf(window);
  return listHours(store, logPrefix(model), from, to);
}

/**
 * Predictions answered within a window, an object of the log at a time, the newest first; an id may come twice.
 * @param log objects of a longer window, oldest folder first: what came since is left out. @default all there are
 */
export async function* predictionObjects(
  store: ObjectStore,
  model: string,
  window: Window,
  log?: readonly ListedObject[],
): AsyncGenerator<ObjectLines<LoggedPrediction>> {
  const { from, to } = foldersOf(window);
  const objects = log ? ofHours(log, logPrefix(model), from, to) : await windowObjects(store, model, window);
  yield* readLines<LoggedPrediction>(store, objects, window);
}

const logPrefix = (model: string) => `predictions/${model}/`;

const foldersOf = ({ from, to }: Window): Window => ({
  from: from - LONGEST_BUFFER,
  to: to + LATEST_DELIVERY + 1,
});

/**
 * Predictions answered within a window, each id once: Firehose may deliver a record twice.
 * @param from included, to excluded; epoch milliseconds
 * @param most @default any number
 * @throws InvalidInputError when there are more than `most`
 */
export async function readPredictions(
  store: ObjectStore,
  model: string,
  from: number,
  to: number,
  most = Infinity,
): Promise<LoggedPrediction[]> {
  const found = new Map<string, LoggedPrediction>();
  for await (const { lines } of predictionObjects(store, model, { from, to })) {
    for (const row of lines) found.set(row.id, row);
    if (found.size > most) {
      const expected = `a window of at most ${most} logged predictions`;
      throw new InvalidInputError([{ field: 'from', expected, got: `${found.size} and more` }]);
    }
  }
  return [...found.values()].reverse();
}

/** The newest predictions of a window, each id once. */
export interface NewestPredictions {
  readonly predictions: readonly LoggedPrediction[];
  /** From here on none is missing: where the window begins, or later when it holds more than can be read at once. */
  readonly from: number;
}

/** As many of the newest predictions of a window as a function can hold; those of the newest object in any case. */
export async function readNewestPredictions(
  store: ObjectStore,
  model: string,
  window: Window,
): Promise<NewestPredictions> {
  const found = new Map<string, LoggedPrediction>();
  const part = (from: number) => ({ predictions: [...found.values()].reverse(), from });
  let held = 0;
  for await (const { lines, size } of predictionObjects(store, model, window)) {
    held += size;
    if (held > MOST_LOG && found.size > 0) {
      return part(lines.reduce((newest, { at }) => Math.max(newest, Date.parse(at)), window.from) + 1);
    }
    for (const row of lines) found.set(row.id, row);
  }
  return part(window.from);
}
