import { ARRIVAL_MS, joinTruth, type Outcome } from '#core/serve/join-truth.ts';
import { durationSeconds } from '#core/spec/duration.ts';
import type { ObjectStore } from '#ports/object-store.ts';
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
  { from, to, asOf, within }: OutcomeWindow,
): Promise<readonly Outcome[]> {
  const [predictions, truths] = await Promise.all([
    readPredictions(store, model, from, to),
    readTruths(store, model, from - ARRIVAL_MS, asOf),
  ]);
  return joinTruth(predictions, truths, durationSeconds(within)).outcomes;
}
