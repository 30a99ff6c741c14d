import { ARRIVAL_MS, type JoinedTruth, truthJoin } from '#core/serve/join-truth.ts';
import { instantOfPrediction } from '#core/serve/prediction-id.ts';
import type { Truth } from '#core/serve/truth.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ObjectStore } from '#ports/object-store.ts';
import type { Window } from './read-lines.ts';
import { type NewestPredictions, readNewestPredictions } from './read-predictions.ts';
import { readTruths } from './read-truths.ts';

/** Which predictions are looked at, and which truth of them; epoch milliseconds. */
export interface OutcomeWindow extends Window {
  /** Truth that came before. */
  readonly asOf: number;
  /** The spec's `truth.within`. */
  readonly within: string;
}

/**
 * The newest predictions of a window, as many as can be read at once, and what became of them and of the truths that
 * may be theirs; shadows' too, each once.
 */
export async function readOutcomes(
  store: ObjectStore,
  model: string,
  { from, to, asOf, within }: OutcomeWindow,
): Promise<NewestPredictions & { readonly joined: JoinedTruth }> {
  const read = await readNewestPredictions(store, model, { from, to });
  const join = truthJoin(read.predictions, durationSeconds(within));
  for await (const truth of readTruths(store, model, { from: read.from - ARRIVAL_MS, to: asOf })) {
    if (mayBeOf(truth, read.from, to) || join.knows(truth)) join.add(truth);
  }
  return { ...read, joined: join.result() };
}

/** An id says when its prediction was made; a key does not. */
function mayBeOf({ of }: Truth, from: number, to: number): boolean {
  if (!('id' in of)) return true;
  const instant = instantOfPrediction(of.id.slice(0, of.id.indexOf('#')));
  return instant !== undefined && instant >= from && instant < to;
}
