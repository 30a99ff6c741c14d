import { figure, total } from '../figures.ts';
import { LATENCY_BOUNDS, type RolloutCounts, type ServedCounts } from '../registry/serving-records.ts';
import type { RolloutHealth } from '../spec/rollout.ts';
import { breach, type Judgement, note, SOUND, tooFew } from './judgement.ts';
import { HALF_LEVEL, sharePValue, upperQuantile } from './sequential-test.ts';

/** The share of requests that may be slower than a 95th percentile. */
const SLOWEST = 0.05;
/** Milliseconds beyond the champion's that nobody notices: noise between 1 and 2 ms is no breach. */
const UNNOTICED_MS = 5;

/**
 * Is the challenger's 95th percentile above `health.slower` times the champion's, and 5 ms beyond it? It is when more
 * than 5 % of its requests are slower than that, see `sharePValue`, by the upper bound of the champion's percentile,
 * which few requests say little of. Within a bucket requests are taken to be evenly spread.
 */
export function judgeLatency({ champion, candidate }: RolloutCounts, health: RolloutHealth): Judgement {
  const timed = { champion: total(champion.latency), candidate: total(candidate.latency) };
  const few = tooFew('latency', 'timed requests', timed, health.minRequests);
  if (few) return few;
  const bound = upperQuantile(timed.champion, 1 - SLOWEST);
  if (bound === undefined)
    return note(
      `latency not judged: ${timed.champion} timed requests of the champion do not bound its 95th percentile`,
    );
  const usual = latencyQuantile(champion.latency, bound / timed.champion);
  const limit = Math.max(health.slower * usual, usual + UNNOTICED_MS);
  const slow = Math.floor(slowerThan(candidate.latency, limit));
  if (sharePValue(slow, timed.candidate, SLOWEST) > HALF_LEVEL) return SOUND;
  const percentile = ({ latency }: ServedCounts) => figure(latencyQuantile(latency, 1 - SLOWEST));
  return breach(
    `latency: 95 of 100 requests took the challenger up to ${percentile(candidate)} ms, the champion ` +
      `${percentile(champion)} ms, perhaps ${figure(usual)} ms; up to ${figure(limit)} ms are allowed (${timed.candidate} requests)`,
  );
}

/** The latency, ms, that this share of the counted requests stayed below; evenly spread within a bucket. */
export function latencyQuantile(buckets: readonly number[], share: number): number {
  let left = share * total(buckets);
  for (const [bucket, count] of buckets.entries()) {
    const [low, high] = edges(bucket);
    if (left <= count && count > 0) return low + ((high - low) * left) / count;
    left -= count;
  }
  return edges(buckets.length - 1)[1];
}

/** How many of the counted requests took longer than `ms`; evenly spread within a bucket. */
function slowerThan(buckets: readonly number[], ms: number): number {
  return buckets.reduce((sum, count, bucket) => {
    const [low, high] = edges(bucket);
    return sum + count * Math.min(Math.max((high - ms) / (high - low), 0), 1);
  }, 0);
}

/** The last bucket has no end: it is taken to be as wide as those before it are, relative to their start. */
function edges(bucket: number): readonly [number, number] {
  const low = LATENCY_BOUNDS[bucket - 1] ?? 0;
  return [low, LATENCY_BOUNDS[bucket] ?? low * Math.SQRT2];
}
