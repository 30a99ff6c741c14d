import { binNumber } from './profile.ts';

/** A number at a rank of all numbers, and where its equals are. */
export interface RankedNumber {
  readonly value: number;
  /** Numbers that are smaller. */
  readonly below: number;
  /** Numbers that are not larger. */
  readonly atMost: number;
}

/** Bits of a double's upper half after its sign and exponent. */
const FRACTION_BITS = 20;
const EXPONENTS = 2 ** (32 - FRACTION_BITS);
/** At most that many, and one an exponent: their counts stay in a processor's nearest caches. */
const BUCKETS = 2 ** 14;

/**
 * The numbers that sorting would put at given ranks, for a tenth of what sorting a million costs: only those are sorted
 * that share a bucket with a wanted one. Buckets are the upper bits of doubles, in the doubles' order; where an exponent
 * has more numbers, it has more buckets.
 * Source: Knuth, The Art of Computer Programming 3, 1998, 5.2.5: radix sorting from the top, of what is wanted alone.
 * @param values neither NaN nor -0; something else afterwards
 * @param ranks rising, from 0, below the number of values
 */
export function selectRanks(values: Float64Array, ranks: readonly number[]): RankedNumber[] {
  const upper = new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
  const buckets = spreadBuckets(upper);
  const slots = takeSlots(countBuckets(upper, buckets), ranks);
  const { first, times, others, sorted } = fillSlots(values, upper, buckets, slots);
  let start = 0;
  return slots.wanted.flatMap((wanted, index) => {
    const end = start + (others[index + 1] as number);
    const slot = sorted.subarray(start, end);
    start = end;
    const [common, count] = [first[index + 1] as number, times[index + 1] as number];
    return wanted.ranks.map((rank) => rankIn(slot, common, count, wanted.before, rank));
  });
}

/** The bucket of a number whose key has `e` above its fraction: (key >>> shifts[e]) + offsets[e]. */
interface Buckets {
  readonly count: number;
  readonly shifts: Int32Array;
  readonly offsets: Int32Array;
}

/** A double's upper half as a whole number in the order of doubles: sign flipped, and all bits of a negative one. */
const keyOf = (upper: number): number => (upper ^ ((upper >> 31) | 0x80000000)) >>> 0;

function spreadBuckets(upper: Int32Array): Buckets {
  const counts = new Int32Array(EXPONENTS);
  for (let index = 1; index < upper.length; index += 2)
    (counts[keyOf(upper[index] as number) >>> FRACTION_BITS] as number)++;
  const [shifts, offsets] = [new Int32Array(EXPONENTS), new Int32Array(EXPONENTS)];
  let before = 0;
  for (const [exponent, count] of counts.entries()) {
    if (count === 0) continue;
    const bits = Math.max(0, Math.floor(Math.log2((BUCKETS * count) / (upper.length / 2))));
    shifts[exponent] = FRACTION_BITS - bits;
    offsets[exponent] = before - (exponent << bits);
    before += 1 << bits;
  }
  return { count: before, shifts, offsets };
}

function countBuckets(upper: Int32Array, { count, shifts, offsets }: Buckets): Int32Array {
  const counts = new Int32Array(count);
  for (let index = 1; index < upper.length; index += 2) {
    const key = keyOf(upper[index] as number);
    const exponent = key >>> FRACTION_BITS;
    (counts[(key >>> (shifts[exponent] as number)) + (offsets[exponent] as number)] as number)++;
  }
  return counts;
}

/** The buckets that hold a wanted rank. */
interface Slots {
  /** A bucket's slot, from 1; 0 for none. */
  readonly ofBucket: Int32Array;
  /** Slot by slot, how many numbers are in the buckets before it, and its ranks. */
  readonly wanted: readonly { readonly before: number; readonly ranks: readonly number[] }[];
}

function takeSlots(counts: Int32Array, ranks: readonly number[]): Slots {
  const ofBucket = new Int32Array(counts.length);
  const wanted: { before: number; ranks: readonly number[] }[] = [];
  let [before, next] = [0, 0];
  for (const [bucket, count] of counts.entries()) {
    const from = next;
    while (next < ranks.length && (ranks[next] as number) < before + count) next++;
    if (next > from) ofBucket[bucket] = wanted.push({ before, ranks: ranks.slice(from, next) });
    before += count;
  }
  return { ofBucket, wanted };
}

/** What slots hold, by slot. A first number's equals are counted alone: of rounded numbers, nothing is left to sort. */
interface Held {
  readonly first: Float64Array;
  readonly times: Int32Array;
  /** How many others there are, and those of all slots, one after the other. */
  readonly others: Int32Array;
  readonly sorted: Float64Array;
}

function fillSlots(
  values: Float64Array,
  upper: Int32Array,
  { shifts, offsets }: Buckets,
  { ofBucket, wanted }: Slots,
): Held {
  const first = new Float64Array(wanted.length + 1);
  const [times, others] = [new Int32Array(first.length), new Int32Array(first.length)];
  let end = 0;
  for (let index = 0; index < values.length; index++) {
    const key = keyOf(upper[2 * index + 1] as number);
    const exponent = key >>> FRACTION_BITS;
    const slot = ofBucket[(key >>> (shifts[exponent] as number)) + (offsets[exponent] as number)] as number;
    if (slot === 0) continue;
    const value = values[index] as number;
    if (times[slot] === 0) first[slot] = value;
    if (value === first[slot]) (times[slot] as number)++;
    else {
      (others[slot] as number)++;
      // In place: never beyond what has been looked at.
      values[end++] = value;
    }
  }
  return { first, times, others, sorted: values.subarray(0, end).sort() };
}

/** A rank in a slot of some numbers, rising, and of another so many times. */
function rankIn(
  others: Float64Array,
  common: number,
  times: number,
  before: number,
  rank: number,
): RankedNumber {
  const [place, smaller] = [rank - before, binNumber(others, common)];
  const value =
    place >= smaller && place < smaller + times
      ? common
      : (others[place < smaller ? place : place - times] as number);
  return {
    value,
    below: before + binNumber(others, value) + (common < value ? times : 0),
    atMost: before + countAtMost(others, value) + (common <= value ? times : 0),
  };
}

function countAtMost(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as number) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
