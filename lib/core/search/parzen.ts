import { normalCdf, normalQuantile } from '../evaluate/normal.ts';
import type { Random } from '../random/seeded-random.ts';
import type { NumberScale, Scale } from './scale.ts';

/** A density over one parameter, made of one kernel an observation and a prior over all of it. */
export interface Parzen {
  /** A position; rounding may put it a hair beyond the bounds. */
  sample(random: Random): number;
  /** ln of the density at a position; of the probability when the parameter has steps or options. */
  logDensity(position: number): number;
}

/** Weight of the prior, an observation's being 1 at most. */
const PRIOR_WEIGHT = 1;
/** Observations whose weight is 1; those before them count less, the oldest least. */
const FULL_WEIGHTS = 25;

/**
 * A Parzen estimator of one parameter.
 * Numbers: normal kernels cut to the bounds, each as wide as the larger gap to its neighbours, but at least
 * range / min(100, observations + 2) ("magic clip") and at most the range; the prior is a normal at the middle as
 * wide as the range. Whole numbers: the same kernels' mass over each value. Choices: each kernel puts prior weight /
 * kernels on every option and 1 on its own.
 * Source: Bergstra, Bardenet, Bengio and Kegl, NeurIPS 2011, section 4, with the defaults of Optuna 4.9's TPESampler
 * (Watanabe, arXiv:2304.11127, describes them).
 * @param observations positions on the scale, the oldest trial first
 */
export function parzen(scale: Scale, observations: readonly number[]): Parzen {
  const weights = kernelWeights(observations.length);
  return scale.kind === 'choice'
    ? choiceParzen(scale.options, observations, weights)
    : numberParzen(scale, observations, weights);
}

/** One an observation and the prior's last; their sum is 1. */
function kernelWeights(observations: number): number[] {
  const ramp = observations - FULL_WEIGHTS;
  const raw = Array.from({ length: observations }, (_, index) => {
    if (index >= ramp) return 1;
    return ramp === 1 ? 1 / observations : 1 / observations + (index / (ramp - 1)) * (1 - 1 / observations);
  });
  raw.push(PRIOR_WEIGHT);
  const total = raw.reduce((sum, weight) => sum + weight, 0);
  return raw.map((weight) => weight / total);
}

function choiceParzen(options: number, observations: readonly number[], weights: readonly number[]): Parzen {
  const kernels = observations.length + 1;
  const floor = PRIOR_WEIGHT / kernels;
  const probabilities = new Array<number>(options).fill(0);
  weights.forEach((weight, kernel) => {
    const own = observations[kernel];
    for (let option = 0; option < options; option++) {
      const share =
        own === undefined ? 1 / options : (floor + (option === own ? 1 : 0)) / (options * floor + 1);
      probabilities[option] = (probabilities[option] as number) + weight * share;
    }
  });
  return {
    sample: (random) => pick(probabilities, random),
    logDensity: (option) => Math.log(probabilities[option] as number),
  };
}

function numberParzen(
  { low, high, cellOf }: NumberScale,
  observations: readonly number[],
  weights: readonly number[],
): Parzen {
  const deviations = [...kernelWidths(observations, low, high), high - low];
  const kernels = [...observations, (low + high) / 2].map((mean, index) => {
    const deviation = deviations[index] as number;
    // Means lie within the bounds, so a kernel keeps a third of its mass: nothing is divided by a tail.
    const share = (weights[index] as number) / mass([low, high], mean, deviation);
    return { mean, deviation, share };
  });
  return {
    sample(random) {
      const { mean, deviation } = kernels[pick(weights, random)] as (typeof kernels)[number];
      const [from, to] = [normalCdf((low - mean) / deviation), normalCdf((high - mean) / deviation)];
      // A bound may be so many deviations away that its share is 0, which has no quantile.
      const z = normalQuantile(Math.max(from + random.uniform() * (to - from), Number.MIN_VALUE));
      return mean + deviation * z;
    },
    logDensity(position) {
      const cell = cellOf?.(position);
      const densities = kernels.map(({ mean, deviation, share }) => {
        if (cell) return share * mass(cell, mean, deviation);
        return (share * Math.exp(-(((position - mean) / deviation) ** 2) / 2)) / (SQRT_2_PI * deviation);
      });
      return Math.log(densities.reduce((sum, density) => sum + density, 0));
    },
  };
}

const SQRT_2_PI = Math.sqrt(2 * Math.PI);

/** Normal mass between two points. */
function mass([from, to]: readonly [number, number], mean: number, deviation: number): number {
  return normalCdf((to - mean) / deviation) - normalCdf((from - mean) / deviation);
}

/** Of each observation. The bounds are neighbours of a single observation, not of the outermost of several. */
function kernelWidths(observations: readonly number[], low: number, high: number): number[] {
  const narrowest = (high - low) / Math.min(100, observations.length + 2);
  const order = observations.map((_, index) => index);
  order.sort((a, b) => (observations[a] as number) - (observations[b] as number));
  const alone = observations.length === 1;
  const widths = new Array<number>(observations.length);
  order.forEach((index, place) => {
    const mean = observations[index] as number;
    const before = observations[order[place - 1] ?? -1] ?? (alone ? low : mean);
    const after = observations[order[place + 1] ?? -1] ?? (alone ? high : mean);
    widths[index] = Math.min(high - low, Math.max(narrowest, mean - before, after - mean));
  });
  return widths;
}

/** An index, drawn by the weights, which sum to 1. */
function pick(weights: readonly number[], random: Random): number {
  const share = random.uniform();
  let sum = 0;
  const found = weights.findIndex((weight) => {
    sum += weight;
    return share < sum;
  });
  return found < 0 ? weights.length - 1 : found;
}
