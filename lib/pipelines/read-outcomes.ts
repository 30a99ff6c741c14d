import type { LoggedPrediction } from '#core/serve/answer.ts';
import { ARRIVAL_MS, type JoinedTruth, joinTruth, type Outcome } from '#core/serve/join-truth.ts';
import { instantOfPrediction } from '#core/serve/prediction-id.ts';
import type { Truth } from '#core/serve/truth.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import { listHours } from './list-hours.ts';
import { readPredictions } from './read-predictions.ts';
import { readTruths } from './read-truths.ts';

/** Which predictions are looked at, and which truth of them; epoch milliseconds. */
export interface OutcomeWindow {
  /** Predictions from here on, included, */
  readonly from: number;
  /** to here, excluded. */
  readonly to: number;
  /** Truth that came before. */
  readonly asOf: number;
  /** The spec's `truth.within`. */
  readonly within: string;
}

/** Predictions of a window whose truth is known, those of shadows too, each once. */
export async function readOutcomes(
  store: ObjectStore,
  model: string,
  window: OutcomeWindow,
): Promise<readonly Outcome[]> {
  return (await readJoined(store, model, window)).joined.outcomes;
}

/** All predictions of a window, and what became of them and of the truths that may be theirs. */
export async function readJoined(
  store: ObjectStore,
  model: string,
  { from, to, asOf, within }: OutcomeWindow,
): Promise<{ readonly predictions: readonly LoggedPrediction[]; readonly joined: JoinedTruth }> {
  const [predictions, truths] = await Promise.all([
    readPredictions(store, model, from, to),
    readTruths(store, model, from - ARRIVAL_MS, asOf),
  ]);
  const theirs = truths.filter((truth) => mayBeOf(truth, from, to));
  return { predictions, joined: joinTruth(predictions, theirs, durationSeconds(within)) };
}

/** An id says when its prediction was made; a key does not. */
function mayBeOf({ of }: Truth, from: number, to: number): boolean {
  if (!('id' in of)) return true;
  const instant = instantOfPrediction(of.id.slice(0, of.id.indexOf('#')));
  return instant !== undefined && instant >= from && instant < to;
}

/**
 * Where a window must begin for its predictions to be read at once: at `from`, or at the hour in which the log from
 * there on reaches a size. The newest hour is always in it.
 * @param bytes of the log, compressed
 */
export async function readableFrom(
  store: ObjectStore,
  model: string,
  { from, to, bytes }: { readonly from: number; readonly to: number; readonly bytes: number },
): Promise<number> {
  const objects = await listHours(store, `predictions/${model}/`, from, to);
  let total = 0;
  let start = objects.at(-1)?.hour ?? from;
  for (const { hour, size } of objects.reverse()) {
    total += size;
    if (total > bytes) return start;
    start = hour;
  }
  return from;
}
