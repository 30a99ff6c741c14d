import { noCounts } from '../registry/served-counts.ts';
import { LATENCY_BOUNDS, type ServedCounts } from '../registry/serving-records.ts';
import type { Prediction } from './answer.ts';
import { scoreBin } from './score-bin.ts';

/**
 * A request that a version answered, as it is counted.
 * @param latencyMs what scoring its rows took; undefined when that compares with nothing
 * @param classes of a multiclass champion
 * @param edges of a regression's rollout
 */
export function countAnswer(
  predictions: readonly Prediction[],
  latencyMs: number | undefined,
  classes: readonly string[],
  edges: readonly number[],
): ServedCounts {
  const { latency, scores, ...none } = noCounts();
  const bins = predictions.map((prediction) => scoreBin(prediction, classes, edges));
  return {
    ...none,
    requests: 1,
    rows: predictions.length,
    latency: latencyMs === undefined ? latency : latency.map(oneAt(latencyBucket(latencyMs))),
    scores: scores.map((_, index) => bins.filter((bin) => bin === index).length),
  };
}

function latencyBucket(ms: number): number {
  const bucket = LATENCY_BOUNDS.findIndex((bound) => ms <= bound);
  return bucket === -1 ? LATENCY_BOUNDS.length : bucket;
}

const oneAt = (place: number) => (_: number, index: number) => Number(index === place);

/** A request that a version could not answer. */
export function countError(): ServedCounts {
  return { ...noCounts(), requests: 1, errors: 1 };
}
