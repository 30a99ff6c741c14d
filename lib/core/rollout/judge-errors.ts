import { percent } from '../figures.ts';
import type { RolloutCounts } from '../registry/serving-records.ts';
import type { RolloutHealth } from '../spec/rollout.ts';
import { breach, type Judgement, note, SOUND } from './judgement.ts';
import { HALF_LEVEL, sharePValue, upperShare } from './sequential-test.ts';

/** What a champion that is hardly known yet is taken to fail at most. */
const UNKNOWN_CHAMPION = 0.5;

/**
 * Does the challenger fail more often than the champion, and than `health.errors` beyond it? Exact and one-sided,
 * see `sharePValue`, against the upper bound of the champion's share. So it needs no fewest number: a challenger that
 * fails everything is found after a few requests.
 */
export function judgeErrors({ champion, candidate }: RolloutCounts, health: RolloutHealth): Judgement {
  if (candidate.requests === 0) return note('errors not judged: the challenger was not asked yet');
  const bound = upperShare(champion.errors, champion.requests);
  const known = champion.requests >= health.minRequests;
  const limit = (known ? bound : Math.min(bound, UNKNOWN_CHAMPION)) + health.errors;
  if (sharePValue(candidate.errors, candidate.requests, limit) > HALF_LEVEL) return SOUND;
  const failed = ({ errors, requests }: { errors: number; requests: number }) =>
    `${errors} of ${requests} requests${requests > 0 ? ` (${percent(errors / requests)})` : ''}`;
  return breach(
    `errors: the challenger failed ${failed(candidate)}, the champion ${failed(champion)}; ${percent(health.errors)} more are allowed`,
  );
}
