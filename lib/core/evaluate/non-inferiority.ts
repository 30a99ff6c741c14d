import { InvalidInputError } from '../errors.ts';
import type { Task } from '../spec/task.ts';
import { delongPaired } from './auc.ts';
import { meanWithError } from './interval.ts';
import { type LossMetric, type LossSettings, lossOf } from './losses.ts';
import { normalQuantile } from './normal.ts';
import { requireScores } from './scored-rows.ts';

/** A mean loss of the task, or a binary model's AUC. */
export type ComparedMetric = LossMetric | 'auc';

export interface NonInferiorityInput extends LossSettings {
  /** @default 'binary' */
  readonly task?: Task | undefined;
  readonly metric: ComparedMetric;
  /** How much worse the challenger may be, in the metric's unit, at least 0. */
  readonly margin: number;
  /** One-sided, in [0.5, 1): the chance of passing a challenger that is worse by the margin is 1 - confidence. */
  readonly confidence: number;
  /** One a row, as `lossOf` takes them; both models' scores are for these same rows. */
  readonly labels: ArrayLike<number>;
  readonly champion: ArrayLike<number>;
  readonly challenger: ArrayLike<number>;
}

/** Plain JSON. null: these rows do not define it, and then `holds` is false. */
export interface NonInferiority {
  readonly metric: ComparedMetric;
  readonly rows: number;
  readonly champion: number | null;
  readonly challenger: number | null;
  /** How much worse the challenger is: positive is worse, for every metric. */
  readonly difference: number | null;
  /** Upper confidence bound of `difference`. */
  readonly bound: number | null;
  readonly margin: number;
  readonly confidence: number;
  /** Whether `bound` is at most `margin`. */
  readonly holds: boolean;
}

/**
 * Is the challenger at most `margin` worse than the champion? Paired on the same rows, one-sided:
 * bound = difference + z * standard error. Losses take the paired mean and the central limit theorem,
 * which needs some tens of rows of each class (simulated with 7 positives, 6 in 100 pass instead of 5);
 * AUC takes DeLong's paired variance. Identical predictions have difference and
 * bound 0. Undefined, so never held: a loss of one row; an AUC with a class of fewer than two rows.
 * Source: Wellek, Testing Statistical Hypotheses of Equivalence and Noninferiority, 2010, chapter 2.
 * @throws InvalidInputError when a value, a length, the margin or the confidence is out of range
 */
export function nonInferiority(input: NonInferiorityInput): NonInferiority {
  const { task = 'binary', metric, margin, confidence, labels, champion, challenger, classes } = input;
  if (!(margin >= 0 && margin < Infinity)) refuse('margin', 'a number of at least 0', margin);
  if (!(confidence >= 0.5 && confidence < 1)) refuse('confidence', 'a number in [0.5, 1)', confidence);
  requireScores(task, labels, champion, classes, 'champion');
  requireScores(task, labels, challenger, classes, 'challenger');
  const compared = metric === 'auc' ? compareAuc(task, input) : compareLoss(metric, task, input);
  const { difference, error } = compared;
  const bound =
    difference === null || error === null ? null : difference + normalQuantile(confidence) * error;
  return {
    metric,
    rows: labels.length,
    champion: compared.champion,
    challenger: compared.challenger,
    difference,
    bound,
    margin,
    confidence,
    holds: bound !== null && bound <= margin,
  };
}

/**
 * Is the challenger better than the champion, here most often the naive baseline? The same test at margin
 * 0, but for its edge: `holds` when `bound` is below 0, so that no model beats itself.
 * @throws InvalidInputError as `nonInferiority` does
 */
export function superiority(input: Omit<NonInferiorityInput, 'margin'>): NonInferiority {
  const compared = nonInferiority({ ...input, margin: 0 });
  return { ...compared, holds: compared.bound !== null && compared.bound < 0 };
}

interface Comparison {
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly difference: number | null;
  /** Standard error of `difference`. */
  readonly error: number | null;
}

const UNCOMPARED: Comparison = { champion: null, challenger: null, difference: null, error: null };

function compareLoss(metric: LossMetric, task: Task, input: NonInferiorityInput): Comparison {
  const losses = lossOf(metric, task, input);
  const before = losses(input.labels, input.champion);
  const after = losses(input.labels, input.challenger);
  if (!before || !after) return UNCOMPARED;
  const { mean: difference, error } = meanWithError(
    after.map((value, row) => value - (before[row] as number)),
  );
  return {
    champion: meanWithError(before).mean,
    challenger: meanWithError(after).mean,
    difference,
    error,
  };
}

function compareAuc(task: Task, { labels, champion, challenger }: NonInferiorityInput): Comparison {
  if (task !== 'binary') refuse('metric', `a loss for a ${task} model`, 'auc');
  const paired = delongPaired(labels, champion, challenger);
  if (!paired) return UNCOMPARED;
  const { first, second, difference, variance } = paired;
  return {
    champion: first,
    challenger: second,
    difference,
    error: variance === null ? null : Math.sqrt(variance),
  };
}

function refuse(field: string, expected: string, got: number | string): never {
  throw new InvalidInputError([{ field, expected, got: String(got) }]);
}
