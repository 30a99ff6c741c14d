import { seededRandom } from '../random/seeded-random.ts';
import { type Estimate, UNDEFINED } from './interval.ts';
import { quantileOf } from './quantile.ts';

export interface BootstrapOptions {
  readonly confidence: number;
  readonly seed: string | number;
}

/** The 2.5 % ends of a 95 % interval rest on 25 resamples each. */
const RESAMPLES = 1000;

/**
 * Percentile bootstrap: rows are drawn with replacement, as many as there are, 1000 times; the interval
 * of a statistic is what the middle `confidence` of its values span. Same seed, same intervals. A
 * resample that does not define a statistic is left out of its interval; no interval of fewer than 2 rows.
 * Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.
 * @param statistics given how often each row was drawn: one value a statistic, null where undefined
 * @returns one estimate a statistic, whose value is that of all rows once
 */
export function bootstrap(
  rows: number,
  statistics: (draws: Uint32Array) => readonly (number | null)[],
  { confidence, seed }: BootstrapOptions,
): Estimate[] {
  const draws = new Uint32Array(rows).fill(1);
  const values = statistics(draws);
  if (rows < 2) return values.map((value) => ({ value, low: null, high: null }));
  const random = seededRandom(seed);
  const resampled: number[][] = values.map(() => []);
  for (let resample = 0; resample < RESAMPLES; resample++) {
    draws.fill(0);
    for (let draw = 0; draw < rows; draw++) {
      const row = random.integer(0, rows - 1);
      draws[row] = (draws[row] as number) + 1;
    }
    for (const [index, value] of statistics(draws).entries()) {
      if (value !== null) resampled[index]?.push(value);
    }
  }
  return values.map((value, index) => {
    const sorted = Float64Array.from(resampled[index] as number[]).sort();
    if (value === null) return UNDEFINED;
    if (sorted.length === 0) return { value, low: null, high: null };
    const tail = (1 - confidence) / 2;
    return { value, low: quantileOf(sorted, tail), high: quantileOf(sorted, 1 - tail) };
  });
}
