import type { Value } from '../expression/index.ts';
import { total } from '../figures.ts';
import { BinMismatchError } from './errors.ts';
import { binNumber, type CategoricalProfile, type ColumnProfile, type NumericProfile } from './profile.ts';
import { requireSameBins } from './same-bins.ts';
import { distinctPoints, mergeSketches, type Sketch, Tails } from './sketch.ts';
import { SPREAD_REACH } from './spread.ts';

/** Counts a window's values over a baseline's bins, one at a time: memory does not grow with the rows. */
export interface ProfileCounter {
  /** Of numbers, what is none is missing; of levels, true and false are levels, too. */
  add(value: Value | undefined): void;
  /** So far; its parts merge by `mergeProfiles`. */
  profile(): ColumnProfile;
}

/** The same of numbers, many at a time. */
export interface NumbersCounter extends ProfileCounter {
  /** @param values NaN is missing */
  addNumbers(values: Float64Array): void;
}

export const profileCounter = (baseline: ColumnProfile): ProfileCounter =>
  baseline.kind === 'number' ? new NumberCounter(baseline) : new LevelCounter(baseline);

export const numberCounter = (baseline: NumericProfile): NumbersCounter => new NumberCounter(baseline);

/** Profiles a window's values over a baseline's bins. */
export function windowProfile(baseline: ColumnProfile, values: Iterable<Value | undefined>): ColumnProfile {
  const counter = profileCounter(baseline);
  for (const value of values) counter.add(value);
  return counter.profile();
}

/**
 * The profile of two windows' rows together, whatever their order, to the bit.
 * @param a of other rows than `b`, against the same baseline
 * @throws BinMismatchError when column, kind, cuts, levels or the sketch's points differ in number
 */
export function mergeProfiles(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  requireSameBins(a, b);
  const counts = a.counts.map((count, bin) => count + (b.counts[bin] as number));
  const [missing, rows] = [a.missing + b.missing, a.rows + b.rows];
  if (a.kind === 'category') {
    return { ...a, counts, other: a.other + (b as CategoricalProfile).other, missing, rows };
  }
  const { spread: _, sketch, ...bins } = a;
  const { sketch: other } = b as NumericProfile;
  if (sketch?.counts.length !== other?.counts.length) {
    const [expected, got] = [sketch, other].map((one) => `${one?.counts.length ?? 'no'} counts`);
    throw new BinMismatchError(`the sketch of ${a.column}`, expected as string, got as string);
  }
  return { ...bins, counts, missing, rows, ...(sketch && other && { sketch: mergeSketches(sketch, other) }) };
}

/** Cells that the line between the first and the last border is cut into. */
const CELLS = 4096;

/** One search a number: cuts and points are borders of the same line, and each stretch of it is counted once. */
class NumberCounter implements NumbersCounter {
  readonly #baseline: NumericProfile;
  readonly #points: readonly number[];
  readonly #tails: Tails | undefined;
  readonly #borders: Borders;
  /** Below the first border, at it, between it and the next, ... */
  readonly #stretches: Float64Array;
  /** Too large for the sketch, by bin. */
  readonly #far: number[];
  #missing = 0;

  constructor(baseline: NumericProfile) {
    this.#baseline = baseline;
    this.#points = distinctPoints(baseline.spread?.points ?? []);
    this.#tails = this.#points.length > 0 ? new Tails(this.#points) : undefined;
    this.#borders = new Borders([...baseline.cuts, ...this.#points], this.#points);
    this.#stretches = new Float64Array(2 * this.#borders.values.length + 1);
    this.#far = new Array<number>(baseline.cuts.length + 1).fill(0);
  }

  add(value: Value | undefined): void {
    this.#addNumber(typeof value === 'number' ? value : Number.NaN);
  }

  /** Most are in a cell without a border. */
  addNumbers(values: Float64Array): void {
    const [counts, { stretches, line }] = [this.#stretches, this.#borders];
    const [first, scale] = [line[0] as number, line[1] as number];
    for (let index = 0; index < values.length; index++) {
      const value = values[index] as number;
      const cell = (value - first) * scale;
      const stretch = cell >= 0 && cell < CELLS ? (stretches[Math.floor(cell)] as number) : -1;
      if (stretch >= 0) (counts[stretch] as number)++;
      else this.#addNumber(value);
    }
  }

  #addNumber(value: number): void {
    if (Number.isNaN(value)) this.#missing++;
    else if (Math.abs(value) >= SPREAD_REACH) (this.#far[binNumber(this.#baseline.cuts, value)] as number)++;
    else {
      const place = this.#borders.below(value);
      (this.#stretches[2 * place + (this.#borders.isAt(place, value) ? 1 : 0)] as number)++;
      this.#tails?.add(value);
    }
  }

  profile(): NumericProfile {
    const { column, cuts } = this.#baseline;
    const counts = this.#binned();
    const bins = { counts, missing: this.#missing, rows: total(counts) + this.#missing };
    const profile: NumericProfile = { column, kind: 'number', cuts, ...bins };
    const sketch: Sketch | undefined = this.#tails && { counts: this.#sketched(), ...this.#tails.sums() };
    return { ...profile, ...(sketch && { sketch }) };
  }

  #binned(): number[] {
    const counts = [...this.#far];
    // A number above the last border is above the last cut.
    for (const [stretch, rows] of this.#stretches.entries())
      (counts[binNumber(this.#baseline.cuts, this.#borders.values[stretch >> 1] ?? Infinity)] as number) +=
        rows;
    return counts;
  }

  #sketched(): number[] {
    const counts = new Array<number>(2 * this.#points.length + 1).fill(0);
    for (const [stretch, rows] of this.#stretches.entries()) {
      const border = this.#borders.values[stretch >> 1] ?? Infinity;
      const place = binNumber(this.#points, border);
      const at = stretch % 2 === 1 && this.#points[place] === border;
      (counts[2 * place + (at ? 1 : 0)] as number) += rows;
    }
    return counts;
  }
}

/** Rising borders with an index: the same answers as `binNumber`, in a third of the time. */
class Borders {
  readonly values: Float64Array;
  /** The values, and one more: reading beyond the end would make an object of every number. */
  readonly #closed: Float64Array;
  /** The first border, and cells a unit. In an array, as a field would be a whole number here and a double there. */
  readonly line: Float64Array;
  /** Borders in the cells before each of CELLS cells, and in all. */
  readonly #before = new Int32Array(CELLS + 1);
  /** The stretch that a cell is a part of, when it is between two borders, and they are between two points; else -1. */
  readonly stretches = new Int32Array(CELLS).fill(-1);

  constructor(values: Iterable<number>, points: readonly number[]) {
    this.#closed = Float64Array.from([...new Set(values), Infinity]).sort();
    this.values = this.#closed.subarray(0, -1);
    const [first, last] = [this.values[0] ?? 0, this.values.at(-1) ?? 0];
    this.line = Float64Array.of(first, CELLS / (last - first));
    for (const value of this.values) (this.#before[this.#cell(value) + 1] as number)++;
    for (let cell = 0; cell < CELLS; cell++)
      (this.#before[cell + 1] as number) += this.#before[cell] as number;
    const [from, to] = [points[0] ?? Infinity, points.at(-1) ?? Infinity];
    for (let cell = 0; cell < CELLS; cell++) {
      const place = this.#before[cell] as number;
      const [low, high] = [this.values[place - 1], this.values[place]];
      const inside = low !== undefined && high !== undefined && low >= from && high <= to;
      if (inside && place === this.#before[cell + 1]) this.stretches[cell] = 2 * place;
    }
  }

  /** How many borders are below a number. A larger one is never in a lower cell, however it is rounded. */
  below(value: number): number {
    const cell = this.#cell(value);
    let low = this.#before[cell] as number;
    let high = this.#before[cell + 1] as number;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.values[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Whether a finite number is the border that is above `place` others. */
  isAt(place: number, value: number): boolean {
    return this.#closed[place] === value;
  }

  #cell(value: number): number {
    const cell = (value - (this.line[0] as number)) * (this.line[1] as number);
    if (cell < 0) return 0;
    return cell < CELLS ? cell | 0 : CELLS - 1;
  }
}

class LevelCounter implements ProfileCounter {
  readonly #baseline: CategoricalProfile;
  readonly #bins: ReadonlyMap<string, number>;
  readonly #counts: number[];
  #other = 0;
  #missing = 0;
  #rows = 0;

  constructor(baseline: CategoricalProfile) {
    this.#baseline = baseline;
    this.#bins = new Map(baseline.levels.map((level, bin) => [level, bin]));
    this.#counts = baseline.levels.map(() => 0);
  }

  add(value: Value | undefined): void {
    this.#rows++;
    const bin = value === null || value === undefined ? -1 : this.#bins.get(String(value));
    if (bin === -1) this.#missing++;
    else if (bin === undefined) this.#other++;
    else (this.#counts[bin] as number)++;
  }

  profile(): CategoricalProfile {
    const { column, levels } = this.#baseline;
    const counts = [...this.#counts];
    return {
      column,
      kind: 'category',
      levels,
      counts,
      other: this.#other,
      missing: this.#missing,
      rows: this.#rows,
    };
  }
}
