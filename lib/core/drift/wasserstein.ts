import { total } from '../figures.ts';
import type { ExactSum } from './exact-sum.ts';
import type { NumericProfile } from './profile.ts';
import { distinctPoints } from './sketch.ts';
import { SPREAD_POINTS } from './spread.ts';

/** Share of a baseline's numbers that are beyond its last point, or before its first, at most. */
const OUTER_SHARE = 0.5 / SPREAD_POINTS;

/**
 * Wasserstein-1 distance between the baseline's numbers and a window's, in standard deviations of the baseline: how far a
 * number must move on average to make one sample the other. mean |F^-1(u) - G^-1(u)| over the points u of the baseline's
 * spread, each hundredth of the rows taken as its middle. A window's quantile is exact where it is one of the points;
 * between two points its numbers are taken to lie evenly. What lies beyond the first and the last point is added as it
 * is, by E[(x - last)+] and E[(first - x)+], less the share of it that the baseline has there, too.
 * Source: Vallender, Theory of Probability and its Applications 18, 1974.
 * @param window over the baseline's bins
 * @returns null when a side has no number, or the baseline's are all the same, or so nearly that they give no scale
 */
export function wasserstein(baseline: NumericProfile, window: NumericProfile): number | null {
  const [{ spread }, { sketch }] = [baseline, window];
  const rows = total(sketch?.counts ?? []);
  if (!spread || !sketch || rows === 0 || spread.deviation === 0) return null;
  const { counts, below, above } = sketch;
  const numbers = total(baseline.counts);
  const tail = (sum: ExactSum, inWindow = 0, outermost = 0) => {
    // Of the outermost bin the tail is a part, and often all.
    const usual = Math.min(OUTER_SHARE, outermost / numbers);
    const share = Math.max(0, 1 - (usual * rows) / inWindow);
    return inWindow === 0 ? 0 : (((sum[0] ?? 0) / rows) * share) / spread.deviation;
  };
  const quantile = quantiles(distinctPoints(spread.points), counts);
  const between = spread.points.reduce((sum, point, index) => {
    const distance = Math.abs(point - quantile(Math.ceil(((index + 0.5) * rows) / SPREAD_POINTS)));
    return sum + distance / spread.deviation / SPREAD_POINTS;
  }, 0);
  const distance =
    between + tail(below, counts[0], baseline.counts[0]) + tail(above, counts.at(-1), baseline.counts.at(-1));
  return Number.isFinite(distance) ? distance : null;
}

/** The number of a rank, from 1, that only rises from call to call; of those beyond the points, the outer point. */
function quantiles(points: readonly number[], counts: readonly number[]): (rank: number) => number {
  let slot = 0;
  let before = 0;
  return (rank) => {
    while (before + (counts[slot] as number) < rank) before += counts[slot++] as number;
    const [low, high] = [points[(slot >> 1) - 1], points[slot >> 1]];
    if (low === undefined || high === undefined) return (low ?? high) as number;
    if (slot % 2 === 1) return high;
    return low + (high - low) * ((rank - before) / ((counts[slot] as number) + 1));
  };
}
