import { deviationOf } from './deviation.ts';
import { cutsFromDeciles, type NumericProfile } from './profile.ts';
import { type RankedNumber, selectRanks } from './select-ranks.ts';
import { SPREAD_POINTS, SPREAD_REACH } from './spread.ts';

/** Shares of the numbers, in thousandths: products of whole numbers have no rounding that could reach the next rank. */
const DECILES = Array.from({ length: 9 }, (_, index) => (index + 1) * 100);
const POINTS = Array.from({ length: SPREAD_POINTS }, (_, index) => (index + 0.5) * (1000 / SPREAD_POINTS));

/**
 * The profile of a baseline's numbers over their own deciles: the same to the bit in whatever order they come.
 * @param values no -0, and Infinity in place of NaN, as neither is below any cut; something else afterwards
 * @param rows together with those that have no number
 */
export function baselineProfile(column: string, values: Float64Array, rows: number): NumericProfile {
  const { values: near, min, max, below } = withinReach(values);
  const deviation = near.length > 0 ? deviationOf(near, min, max) : undefined;
  const deciles = ranksOf(DECILES, values.length);
  const points = ranksOf(POINTS, near.length).map((rank) => below + rank);
  const wanted = [...new Set([...deciles, ...points])].sort((a, b) => a - b);
  const numbers = selectRanks(values, wanted);
  const found = new Map(wanted.map((rank, index) => [rank, numbers[index] as RankedNumber]));
  const numberAt = (rank: number) => found.get(rank) as RankedNumber;
  const bins = binsOf(deciles.map(numberAt), values.length);
  const spread = deviation !== undefined && {
    spread: { points: points.map((rank) => numberAt(rank).value), deviation },
  };
  return { column, kind: 'number', ...bins, missing: rows - values.length, rows, ...spread };
}

/** Of the numbers that can be squared. */
interface Near {
  readonly values: Float64Array;
  readonly min: number;
  readonly max: number;
  /** Numbers that are below all of them. */
  readonly below: number;
}

function withinReach(values: Float64Array): Near {
  let [min, max, below, above] = [Infinity, -Infinity, 0, 0];
  for (let index = 0; index < values.length; index++) {
    const value = values[index] as number;
    if (value <= -SPREAD_REACH) below++;
    else if (value >= SPREAD_REACH) above++;
    else {
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  const all = below + above === 0;
  return { values: all ? values : values.filter((value) => Math.abs(value) < SPREAD_REACH), min, max, below };
}

/** The rank, from 0, of the ceil(share n)-th smallest of n numbers, as quantile_disc. */
function ranksOf(thousandths: readonly number[], numbers: number): number[] {
  return numbers === 0 ? [] : thousandths.map((share) => Math.ceil((share * numbers) / 1000) - 1);
}

function binsOf(deciles: readonly RankedNumber[], numbers: number): Pick<NumericProfile, 'cuts' | 'counts'> {
  const cuts = cutsFromDeciles(deciles.map(({ value }) => value));
  const atMost = cuts.map((cut) => {
    // A cut is a decile, or just below one.
    const decile = deciles.find(({ value }) => value >= cut) as RankedNumber;
    return decile.value === cut ? decile.atMost : decile.below;
  });
  return { cuts, counts: [...atMost, numbers].map((count, bin) => count - (atMost[bin - 1] ?? 0)) };
}
