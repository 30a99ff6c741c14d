import { InvalidInputError } from '../errors.ts';
import { delongPaired } from './auc.ts';
import { meanWithError } from './interval.ts';
import { brier, logLoss, type RowLoss, rowLosses } from './losses.ts';
import { normalQuantile } from './normal.ts';
import { scoredRows } from './scored-rows.ts';

export type ComparedMetric = 'logLoss' | 'brier' | 'auc';

export interface NonInferiorityInput {
  readonly metric: ComparedMetric;
  /** How much worse the challenger may be, in the metric's unit, at least 0. */
  readonly margin: number;
  /** One-sided, in [0.5, 1): the chance of passing a challenger that is worse by the margin is 1 - confidence. */
  readonly confidence: number;
  /** 0 or 1, one a row; both models' probabilities are for these same rows. */
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
  const { metric, margin, confidence, labels, champion, challenger } = input;
  if (!(margin >= 0 && margin < Infinity)) refuse('margin', 'a number of at least 0', margin);
  if (!(confidence >= 0.5 && confidence < 1)) refuse('confidence', 'a number in [0.5, 1)', confidence);
  scoredRows(labels, champion, 'champion');
  scoredRows(labels, challenger, 'challenger');
  const compared = metric === 'auc' ? compareAuc(input) : compareLoss(LOSSES[metric], input);
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

const LOSSES: Record<Exclude<ComparedMetric, 'auc'>, RowLoss> = { logLoss, brier };

interface Comparison {
  readonly champion: number | null;
  readonly challenger: number | null;
  readonly difference: number | null;
  /** Standard error of `difference`. */
  readonly error: number | null;
}

function compareLoss(loss: RowLoss, { labels, champion, challenger }: NonInferiorityInput): Comparison {
  const before = rowLosses(loss, labels, champion);
  const after = rowLosses(loss, labels, challenger);
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

function compareAuc({ labels, champion, challenger }: NonInferiorityInput): Comparison {
  const paired = delongPaired(labels, champion, challenger);
  if (!paired) return { champion: null, challenger: null, difference: null, error: null };
  const { first, second, difference, variance } = paired;
  return {
    champion: first,
    challenger: second,
    difference,
    error: variance === null ? null : Math.sqrt(variance),
  };
}

function refuse(field: string, expected: string, got: number): never {
  throw new InvalidInputError([{ field, expected, got: String(got) }]);
}
