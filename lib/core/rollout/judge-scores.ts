import { noiseBound, psiNoise } from '../drift/noise.ts';
import { psi } from '../drift/psi.ts';
import { figure, total } from '../figures.ts';
import type { RolloutCounts, ServedCounts } from '../registry/serving-records.ts';
import type { RolloutHealth } from '../spec/rollout.ts';
import { breach, type Judgement, note, SOUND, tooFew } from './judgement.ts';
import { LEVEL } from './sequential-test.ts';

/**
 * Are the scores of the two distributed alike? They are not when the PSI between them is above `health.scorePsi` by
 * more than sampling explains at LEVEL, see `psiNoise`. Rows of one request are often alike, so that a request
 * counts once, however many rows it has.
 * @param binned whether scores have bins to be counted in: a regression without edges has none
 */
export function judgeScores(counts: RolloutCounts, health: RolloutHealth, binned: boolean): Judgement {
  if (!binned)
    return note('scores not judged: too few logged predictions to make bins of when the rollout began');
  const [champion, candidate] = [perRequest(counts.champion), perRequest(counts.candidate)];
  const scored = { champion: Math.round(total(champion)), candidate: Math.round(total(candidate)) };
  const few = tooFew('scores', 'scored requests', scored, health.minRequests);
  if (few) return few;
  const got = psi(shares(champion), shares(candidate));
  if (got <= health.scorePsi) return SOUND;
  const noise = noiseBound(psiNoise(champion, candidate), 1 - LEVEL);
  if (got - noise <= health.scorePsi) return SOUND;
  return breach(
    `scores: the challenger's are distributed unlike the champion's, PSI ${figure(got)}; ${figure(health.scorePsi)} is ` +
      `allowed, and ${figure(noise)} for chance (${scored.candidate} and ${scored.champion} requests)`,
  );
}

/** Rows a bin, as if each request had at most one. */
function perRequest({ scores, requests, errors }: ServedCounts): readonly number[] {
  const rows = total(scores);
  const share = rows === 0 ? 0 : Math.min(1, (requests - errors) / rows);
  return scores.map((count) => count * share);
}

function shares(counts: readonly number[]): number[] {
  const rows = total(counts);
  return counts.map((count) => Math.min(1, count / rows));
}
