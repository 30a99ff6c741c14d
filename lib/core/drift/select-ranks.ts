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

/** A double's upper half as a whole number in the order of doubles: sign flipped, and all bits of a negative one. */
const keyOf = (upper: number): number => (upper ^ ((upper >> 31) | 0x80000000)) >>> 0;

const upperHalves = (values: Float64Array): Int32Array =>
  new Int32Array(values.buffer, values.byteOffset, 2 * values.length);

/**
 * Selects the numbers that sorting would put at given ranks, for a tenth of what sorting a million costs: only those are
 * sorted that share a bucket with a wanted one. Buckets are the upper bits of doubles, in the doubles' order; where an
 * exponent has more numbers, it has more buckets. All numbers are given three times, in pieces and in any order: to the
 * exponents, to the buckets and to the slots.
 * Source: Knuth, The Art of Computer Programming 3, 1998, 5.2.5: radix sorting from the top, of what is wanted alone.
 */
export class Exponents {
  readonly #counts = new Int32Array(EXPONENTS);

  /** @param values neither NaN nor -0 */
  add(values: Float64Array): void {
    const [upper, counts] = [upperHalves(values), this.#counts];
    for (let index = 1; index < upper.length; index += 2)
      (counts[keyOf(upper[index] as number) >>> FRACTION_BITS] as number)++;
  }

  buckets(): Buckets {
    const numbers = this.#counts.reduce((sum, count) => sum + count, 0);
    const [shifts, offsets] = [new Int32Array(EXPONENTS), new Int32Array(EXPONENTS)];
    let before = 0;
    for (let exponent = 0; exponent < EXPONENTS; exponent++) {
      const count = this.#counts[exponent] as number;
      if (count === 0) continue;
      const bits = Math.max(0, Math.floor(Math.log2((BUCKETS * count) / numbers)));
      shifts[exponent] = FRACTION_BITS - bits;
      offsets[exponent] = before - (exponent << bits);
      before += 1 << bits;
    }
    return new Buckets(before, shifts, offsets);
  }
}

/** The bucket of a number whose key has `e` above its fraction: (key >>> shifts[e]) + offsets[e]. */
export class Buckets {
  readonly #counts: Int32Array;
  readonly #shifts: Int32Array;
  readonly #offsets: Int32Array;

  constructor(count: number, shifts: Int32Array, offsets: Int32Array) {
    this.#counts = new Int32Array(count);
    this.#shifts = shifts;
    this.#offsets = offsets;
  }

  add(values: Float64Array): void {
    const [upper, counts, shifts, offsets] = [upperHalves(values), this.#counts, this.#shifts, this.#offsets];
    for (let index = 1; index < upper.length; index += 2) {
      const key = keyOf(upper[index] as number);
      const exponent = key >>> FRACTION_BITS;
      (counts[(key >>> (shifts[exponent] as number)) + (offsets[exponent] as number)] as number)++;
    }
  }

  /**
   * @param ranks rising, from 0, below the number of values
   * @param room for as many numbers as there are; may be where they are themselves, when they are given in that order
   */
  slots(ranks: readonly number[], room: Float64Array): Slots {
    const ofBucket = new Int32Array(this.#counts.length);
    const wanted: Wanted[] = [];
    let [before, next] = [0, 0];
    for (let bucket = 0; bucket < this.#counts.length; bucket++) {
      const count = this.#counts[bucket] as number;
      const from = next;
      while (next < ranks.length && (ranks[next] as number) < before + count) next++;
      if (next > from) ofBucket[bucket] = wanted.push({ before, ranks: ranks.slice(from, next) });
      before += count;
    }
    return new Slots(wanted, ofBucket, this.#shifts, this.#offsets, room);
  }
}

/** How many numbers are in the buckets before one, and its ranks. */
interface Wanted {
  readonly before: number;
  readonly ranks: readonly number[];
}

/** The buckets that hold a wanted rank. */
export class Slots {
  readonly #wanted: readonly Wanted[];
  /** A bucket's slot, from 1; 0 for none. */
  readonly #ofBucket: Int32Array;
  readonly #shifts: Int32Array;
  readonly #offsets: Int32Array;
  /** A first number's equals are counted alone: of rounded numbers, nothing is left to sort. */
  readonly #first: Float64Array;
  readonly #times: Int32Array;
  /** How many others there are, and those of all slots. */
  readonly #others: Int32Array;
  readonly #room: Float64Array;
  #end = 0;

  constructor(
    wanted: readonly Wanted[],
    ofBucket: Int32Array,
    shifts: Int32Array,
    offsets: Int32Array,
    room: Float64Array,
  ) {
    this.#wanted = wanted;
    this.#ofBucket = ofBucket;
    this.#shifts = shifts;
    this.#offsets = offsets;
    this.#room = room;
    this.#first = new Float64Array(wanted.length + 1);
    this.#times = new Int32Array(wanted.length + 1);
    this.#others = new Int32Array(wanted.length + 1);
  }

  add(values: Float64Array): void {
    const [upper, shifts, offsets, ofBucket] = [
      upperHalves(values),
      this.#shifts,
      this.#offsets,
      this.#ofBucket,
    ];
    for (let index = 0; index < values.length; index++) {
      const key = keyOf(upper[2 * index + 1] as number);
      const exponent = key >>> FRACTION_BITS;
      const slot = ofBucket[(key >>> (shifts[exponent] as number)) + (offsets[exponent] as number)] as number;
      if (slot > 0) this.#take(slot, values[index] as number);
    }
  }

  #take(slot: number, value: number): void {
    const [first, times, others] = [this.#first, this.#times, this.#others];
    if (times[slot] === 0) first[slot] = value;
    if (value === first[slot]) (times[slot] as number)++;
    else {
      (others[slot] as number)++;
      this.#room[this.#end++] = value;
    }
  }

  /** Rank by rank. */
  ranked(): RankedNumber[] {
    const sorted = this.#room.subarray(0, this.#end).sort();
    let start = 0;
    return this.#wanted.flatMap(({ before, ranks }, index) => {
      const end = start + (this.#others[index + 1] as number);
      const others = sorted.subarray(start, end);
      start = end;
      const [common, times] = [this.#first[index + 1] as number, this.#times[index + 1] as number];
      return ranks.map((rank) => rankIn(others, common, times, before, rank));
    });
  }
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
