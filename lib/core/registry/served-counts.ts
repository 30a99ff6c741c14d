import { LATENCY_BOUNDS, SCORE_BINS, type ServedCounts } from './serving-records.ts';

/** Of a version that nobody asked. */
export function noCounts(): ServedCounts {
  return {
    requests: 0,
    rows: 0,
    errors: 0,
    latency: new Array(LATENCY_BOUNDS.length + 1).fill(0),
    scores: new Array(SCORE_BINS).fill(0),
  };
}

/** The counts of both together. */
export function addCounts(a: ServedCounts, b: ServedCounts): ServedCounts {
  return {
    requests: a.requests + b.requests,
    rows: a.rows + b.rows,
    errors: a.errors + b.errors,
    latency: a.latency.map((count, index) => count + (b.latency[index] ?? 0)),
    scores: a.scores.map((count, index) => count + (b.scores[index] ?? 0)),
  };
}
