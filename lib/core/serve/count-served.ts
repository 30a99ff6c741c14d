import { noCounts } from '../registry/served-counts.ts';
import { LATENCY_BOUNDS, type ServedCounts } from '../registry/serving-records.ts';
import type { Prediction } from './answer.ts';
import { scoreBin } from './score-bin.ts';

/**
 * A request that a version answered, as it is counted.
 * @param latencyMs what scoring its rows took
 * @param classes of a multiclass model
 * @param edges of a regression's rollout
 */
export function countAnswer(
  predictions: readonly Prediction[],
  latencyMs: number,
  classes: readonly string[],
  edges: readonly number[],
): ServedCounts {
  const { latency, scores, ...none } = noCounts();
  const bucket = LATENCY_BOUNDS.findIndex((bound) => latencyMs <= bound);
  const bins = predictions.map((prediction) => scoreBin(prediction, classes, edges));
  const slower = bucket === -1 ? LATENCY_BOUNDS.length : bucket;
  return {
    ...none,
    requests: 1,
    rows: predictions.length,
    latency: latency.map((_, index) => Number(index === slower)),
    scores: scores.map((_, index) => bins.filter((bin) => bin === index).length),
  };
}

/** A request that a version could not answer. */
export function countError(): ServedCounts {
  return { ...noCounts(), requests: 1, errors: 1 };
}
