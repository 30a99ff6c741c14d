import { SCORE_BINS } from '../registry/serving-records.ts';
import type { Prediction } from './answer.ts';

/**
 * The bin that a prediction is counted in, 0 to SCORE_BINS - 1: a probability by twentieths, a class by its place
 * among the classes, any other in the last bin, a number by the edges of its rollout.
 * @param edges ascending, at most SCORE_BINS - 1; a value at an edge is above it
 */
export function scoreBin(
  prediction: Prediction,
  classes: readonly string[],
  edges: readonly number[],
): number {
  if ('probability' in prediction) return clamp(Math.floor(prediction.probability * SCORE_BINS));
  if ('label' in prediction) {
    const place = classes.indexOf(prediction.label);
    return clamp(place === -1 ? SCORE_BINS : place);
  }
  return clamp(binAbove(edges, prediction.value));
}

/** How many edges a value is above; at an edge it is above it. */
export function binAbove(edges: readonly number[], value: number): number {
  return edges.filter((edge) => value >= edge).length;
}

const clamp = (bin: number) => Math.min(Math.max(bin, 0), SCORE_BINS - 1);
