import { InvalidInputError, showValue } from '../errors.ts';
import type { Task } from '../spec/task.ts';
import { classCount } from './scored-rows.ts';
import { topClass } from './top-class.ts';

/** A loss a row: 0 is a perfect prediction. `error` is 0 where the likelier class is right, else 1. */
export type LossMetric =
  | 'logLoss'
  | 'brier'
  | 'error'
  | 'mse'
  | 'mae'
  | 'pinball'
  | 'poissonDeviance'
  | 'tweedieDeviance';

/** What some losses and tasks need to be known by. */
export interface LossSettings {
  /** Of the pinball loss, within (0, 1). */
  readonly quantile?: number | undefined;
  /** Variance power of the Tweedie deviance, within (1, 2). */
  readonly tweediePower?: number | undefined;
  /** Of a multiclass model, in the order of its probabilities. */
  readonly classes?: readonly string[] | undefined;
}

/**
 * The losses of all rows, in row order. null: these rows do not define the loss (a deviance of a
 * negative label, or of a prediction that is not above 0).
 * @param labels 0 or 1 (binary), class index (multiclass) or value (regression) a row
 * @param scores row-major: P(1) (binary), the value (regression) or a probability a class (multiclass)
 */
export type RowLosses = (labels: ArrayLike<number>, scores: ArrayLike<number>) => Float64Array | null;

/** The loss of one row; NaN where it is not defined. */
type LossAt = (label: number, scores: ArrayLike<number>, row: number) => number;

/**
 * The loss that `metric` names, for rows of a task.
 * @throws InvalidInputError when the task has no such loss, or a setting that it needs is missing or out of range
 */
export function lossOf(metric: LossMetric, task: Task, settings: LossSettings = {}): RowLosses {
  const make = LOSSES[task][metric];
  if (!make) {
    const expected = `one of ${Object.keys(LOSSES[task]).join(', ')} for a ${task} model`;
    throw new InvalidInputError([{ field: 'metric', expected, got: showValue(metric) }]);
  }
  const lossAt = make(settings);
  return (labels, scores) => {
    const losses = Float64Array.from(labels, (label, row) => lossAt(label, scores, row));
    return losses.some(Number.isNaN) ? null : losses;
  };
}

/** Probabilities are clipped to [1e-15, 1 - 1e-15] before the logarithm: a sure mistake costs 34.5 nats, not infinity. */
const CLIP = 1e-15;

export function clipProbability(probability: number): number {
  return Math.min(Math.max(probability, CLIP), 1 - CLIP);
}

/** -ln of the probability given to what happened, in nats. Source: Good, JRSS B 14, 1952. */
const binaryLogLoss: LossAt = (label, scores, row) => {
  const clipped = clipProbability(scores[row] as number);
  return label === 1 ? -Math.log(clipped) : -Math.log1p(-clipped);
};

/** (label - probability)^2. Source: Brier, Monthly Weather Review 78, 1950, halved for two classes. */
const binaryBrier: LossAt = (label, scores, row) => (label - (scores[row] as number)) ** 2;

const binaryError: LossAt = (label, scores, row) => Number(label !== Number((scores[row] as number) >= 0.5));

const multiclassLogLoss =
  (classes: number): LossAt =>
  (label, scores, row) =>
    -Math.log(clipProbability(scores[row * classes + label] as number));

/** Sum over the classes of (1 or 0 - probability)^2, 0 to 2: Brier's own definition. */
const multiclassBrier =
  (classes: number): LossAt =>
  (label, scores, row) => {
    let total = 0;
    for (let at = 0; at < classes; at++) {
      total += (Number(at === label) - (scores[row * classes + at] as number)) ** 2;
    }
    return total;
  };

const multiclassError =
  (classes: number): LossAt =>
  (label, scores, row) =>
    Number(label !== topClass(scores, row, classes));

const squaredError: LossAt = (label, scores, row) => (label - (scores[row] as number)) ** 2;

const absoluteError: LossAt = (label, scores, row) => Math.abs(label - (scores[row] as number));

/** What is missing above costs `quantile`, what is too much 1 - quantile. Source: Koenker and Bassett, Econometrica 46, 1978. */
const pinball =
  (quantile: number): LossAt =>
  (label, scores, row) => {
    const missing = label - (scores[row] as number);
    return missing >= 0 ? quantile * missing : (quantile - 1) * missing;
  };

/** 2 (y ln(y / m) - y + m). Source: McCullagh and Nelder, Generalized Linear Models, 1989, chapter 2.3. */
const poissonDeviance: LossAt = (label, scores, row) => {
  const mean = scores[row] as number;
  if (!(label >= 0 && mean > 0)) return Number.NaN;
  return 2 * ((label > 0 ? label * Math.log(label / mean) : 0) - label + mean);
};

/**
 * 2 (y^(2-p) / ((1-p)(2-p)) - y m^(1-p) / (1-p) + m^(2-p) / (2-p)), for 1 < p < 2.
 * Source: Jorgensen, The Theory of Dispersion Models, 1997, chapter 4.
 */
const tweedieDeviance =
  (power: number): LossAt =>
  (label, scores, row) => {
    const mean = scores[row] as number;
    if (!(label >= 0 && mean > 0)) return Number.NaN;
    const [a, b] = [1 - power, 2 - power];
    return 2 * (label ** b / (a * b) - (label * mean ** a) / a + mean ** b / b);
  };

const LOSSES: Record<Task, Partial<Record<LossMetric, (settings: LossSettings) => LossAt>>> = {
  binary: { logLoss: () => binaryLogLoss, brier: () => binaryBrier, error: () => binaryError },
  multiclass: {
    logLoss: ({ classes }) => multiclassLogLoss(classCount(classes)),
    brier: ({ classes }) => multiclassBrier(classCount(classes)),
    error: ({ classes }) => multiclassError(classCount(classes)),
  },
  regression: {
    mse: () => squaredError,
    mae: () => absoluteError,
    pinball: ({ quantile }) => pinball(within('quantile', quantile, 0, 1)),
    poissonDeviance: () => poissonDeviance,
    tweedieDeviance: ({ tweediePower }) => tweedieDeviance(within('tweediePower', tweediePower, 1, 2)),
  },
};

function within(field: string, value: number | undefined, low: number, high: number): number {
  if (value !== undefined && value > low && value < high) return value;
  const expected = `a number within (${low}, ${high})`;
  throw new InvalidInputError([{ field, expected, got: showValue(value) }]);
}
