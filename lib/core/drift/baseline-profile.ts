import { Deviation } from './deviation.ts';
import { cutsFromDeciles, type NumericProfile } from './profile.ts';
import { Exponents, type RankedNumber } from './select-ranks.ts';
import { SPREAD_POINTS, SPREAD_REACH } from './spread.ts';

/** Shares of the numbers, in thousandths: products of whole numbers have no rounding that could reach the next rank. */
const DECILES = Array.from({ length: 9 }, (_, index) => (index + 1) * 100);
const POINTS = Array.from({ length: SPREAD_POINTS }, (_, index) => (index + 0.5) * (1000 / SPREAD_POINTS));

/** Numbers that are looked at together: they stay in a processor's nearest cache from one look to the next. */
const PIECE = 2048;

/** Profiles a baseline's numbers over their own deciles: the same to the bit in whatever order they come. */
export class BaselineNumbers {
  readonly #column: string;
  readonly #held: Float64Array;
  readonly #exponents = new Exponents();
  #numbers = 0;
  #rows = 0;
  #min = Infinity;
  #max = -Infinity;

  /** @param room for as many numbers as will be added; theirs until the profile is made */
  constructor(column: string, room: Float64Array) {
    this.#column = column;
    this.#held = room;
  }

  /** @param values NaN is missing, and Infinity what is above any cut without being a number */
  add(values: Float64Array): void {
    const held = this.#held;
    let [end, min, max] = [this.#numbers, this.#min, this.#max];
    for (let index = 0; index < values.length; index++) {
      // + 0: there is no -0.
      const value = (values[index] as number) + 0;
      held[end] = value;
      // What is missing is written over.
      if (!Number.isNaN(value)) end++;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    this.#exponents.add(held.subarray(this.#numbers, end));
    [this.#numbers, this.#min, this.#max] = [end, min, max];
    this.#rows += values.length;
  }

  /** To be asked for once. */
  profile(): NumericProfile {
    const values = this.#held.subarray(0, this.#numbers);
    const near = withinReach(values, this.#min, this.#max);
    const deviation = new Deviation(near.numbers, near.min, near.max);
    const buckets = this.#exponents.buckets();
    for (const piece of pieces(values)) {
      buckets.add(piece);
      deviation.addToMean(near.of(piece));
    }
    const deciles = ranksOf(DECILES, values.length);
    const points = ranksOf(POINTS, near.numbers).map((rank) => near.below + rank);
    const wanted = [...new Set([...deciles, ...points])].sort((a, b) => a - b);
    const slots = buckets.slots(wanted, values);
    for (const piece of pieces(values)) {
      deviation.addSquares(near.of(piece));
      // Last: it writes over what has been looked at.
      slots.add(piece);
    }
    const numbers = slots.ranked();
    const found = new Map(wanted.map((rank, index) => [rank, numbers[index] as RankedNumber]));
    const numberAt = (rank: number) => found.get(rank) as RankedNumber;
    const bins = binsOf(deciles.map(numberAt), values.length);
    const [missing, rows] = [this.#rows - values.length, this.#rows];
    const spread = near.numbers > 0 && {
      spread: { points: points.map((rank) => numberAt(rank).value), deviation: deviation.value() },
    };
    return { column: this.#column, kind: 'number', ...bins, missing, rows, ...spread };
  }
}

function* pieces(values: Float64Array): Generator<Float64Array> {
  for (let start = 0; start < values.length; start += PIECE) yield values.subarray(start, start + PIECE);
}

/** The numbers that can be squared. */
interface Near {
  readonly numbers: number;
  readonly min: number;
  readonly max: number;
  /** Numbers that are below all of them. */
  readonly below: number;
  of(values: Float64Array): Float64Array;
}

/** @param min of all values @param max of all values */
function withinReach(values: Float64Array, min: number, max: number): Near {
  if (min > -SPREAD_REACH && max < SPREAD_REACH)
    return { numbers: values.length, min, max, below: 0, of: (piece) => piece };
  const of = (some: Float64Array) => some.filter((value) => Math.abs(value) < SPREAD_REACH);
  const near = of(values);
  return {
    numbers: near.length,
    min: near.reduce((a, b) => Math.min(a, b), Infinity),
    max: near.reduce((a, b) => Math.max(a, b), -Infinity),
    below: values.reduce((count, value) => count + (value <= -SPREAD_REACH ? 1 : 0), 0),
    of,
  };
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
