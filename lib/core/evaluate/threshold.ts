import { InvalidInputError, showValue } from '../errors.ts';
import { ascendingOrder, scoredRows, tiedRuns } from './scored-rows.ts';

/** Costs of a row, in any one unit; a gain is negative. */
export interface RowCosts {
  readonly falsePositive: number;
  readonly falseNegative: number;
  /** @default 0 */
  readonly truePositive?: number | undefined;
  /** @default 0 */
  readonly trueNegative?: number | undefined;
}

/**
 * What makes a threshold the best: the highest metric, the least recall (then the highest precision) or
 * the least precision (then the highest recall) it must have, or the lowest mean cost of a row.
 */
export type ThresholdRule =
  | { readonly metric: 'f1' | 'accuracy' | 'youden' | 'balancedAccuracy' }
  | { readonly recall: number }
  | { readonly precision: number }
  | { readonly cost: RowCosts };

/** Plain JSON. */
export interface ChosenThreshold {
  /** A row is predicted positive when its probability is at least this. */
  readonly threshold: number;
  /**
   * The metric, the precision (for `recall`), the recall (for `precision`) or the mean cost of a row at
   * the threshold; null: these rows do not define it, or no threshold reaches the precision.
   */
  readonly value: number | null;
  readonly rows: number;
}

/**
 * The best of all thresholds: each probability that occurs, and 1 (which predicts no row positive
 * unless its probability is 1). Of equals the highest wins: fewest rows predicted positive; for `recall`
 * the lowest, which has the most recall. With rows of one class only accuracy and cost have an answer, the
 * other rules 0.5 with value null. A precision that no threshold reaches: the threshold nearest to it, with value null.
 * @param labels 0 or 1 a row
 * @param probabilities of a 1, in [0, 1], as many as labels
 * @throws InvalidInputError as `scoredRows` does, or when a share is not in (0, 1] or a cost not finite
 */
export function chooseThreshold(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  rule: ThresholdRule,
): ChosenThreshold {
  const { positives } = scoredRows(labels, probabilities);
  const rows = labels.length;
  const { needsBoth, rank } = judgeOf(rule);
  if (needsBoth && (positives === 0 || positives === rows)) return { threshold: 0.5, value: null, rows };
  let best: Ranked | undefined;
  let threshold = 1;
  for (const cut of cuts(labels, probabilities, positives)) {
    const ranked = rank(cut);
    if (best && !isBetter(ranked, best)) continue;
    best = ranked;
    threshold = cut.threshold;
  }
  return { threshold, value: best?.value ?? null, rows };
}

/** Counts of rows at a threshold. */
interface Cut {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly positives: number;
  readonly negatives: number;
}

/** From the highest threshold to the lowest. */
function* cuts(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  positives: number,
): Generator<Cut> {
  const descending = ascendingOrder(probabilities).reverse();
  const negatives = labels.length - positives;
  let [truePositives, falsePositives] = [0, 0];
  if ((probabilities[descending[0] as number] as number) < 1) {
    yield { threshold: 1, truePositives, falsePositives, positives, negatives };
  }
  for (const { start, end } of tiedRuns(probabilities, descending)) {
    for (let at = start; at < end; at++) {
      if (labels[descending[at] as number] === 1) truePositives++;
      else falsePositives++;
    }
    const threshold = probabilities[descending[start] as number] as number;
    yield { threshold, truePositives, falsePositives, positives, negatives };
  }
}

/** Compared by `keys`, first to last, the highest first; `value` is what is reported. */
interface Ranked {
  readonly keys: readonly number[];
  readonly value: number | null;
}

interface Judge {
  /** Whether the rule means nothing unless both classes have rows. */
  readonly needsBoth: boolean;
  readonly rank: (cut: Cut) => Ranked;
}

function isBetter(one: Ranked, other: Ranked): boolean {
  const at = one.keys.findIndex((key, index) => key !== other.keys[index]);
  return at >= 0 && (one.keys[at] as number) > (other.keys[at] as number);
}

function judgeOf(rule: ThresholdRule): Judge {
  if ('metric' in rule) {
    const metric = METRICS[rule.metric];
    const rank = (cut: Cut) => ({ keys: [metric(cut)], value: metric(cut) });
    return { needsBoth: rule.metric !== 'accuracy', rank };
  }
  if ('recall' in rule) return { needsBoth: true, rank: byRecall(requireShare('recall', rule.recall)) };
  if ('precision' in rule) {
    return { needsBoth: true, rank: byPrecision(requireShare('precision', rule.precision)) };
  }
  return { needsBoth: false, rank: byCost(rule.cost) };
}

const METRICS: Record<Extract<ThresholdRule, { metric: string }>['metric'], (cut: Cut) => number> = {
  accuracy: ({ truePositives, falsePositives, positives, negatives }) =>
    (truePositives + negatives - falsePositives) / (positives + negatives),
  balancedAccuracy: (cut) => (1 + youden(cut)) / 2,
  f1: ({ truePositives, falsePositives, positives }) =>
    (2 * truePositives) / (truePositives + falsePositives + positives),
  youden,
};

/** Recall - false positive rate. Source: Youden, Cancer 3, 1950. */
function youden({ truePositives, falsePositives, positives, negatives }: Cut): number {
  return truePositives / positives - falsePositives / negatives;
}

/** 0 where no positive is found: no rule asks for less than some. */
function precisionOf({ truePositives, falsePositives }: Cut): number {
  return truePositives === 0 ? 0 : truePositives / (truePositives + falsePositives);
}

function byRecall(least: number): Judge['rank'] {
  return (cut) => {
    const recall = cut.truePositives / cut.positives;
    const precision = precisionOf(cut);
    return { keys: recall >= least ? [1, precision, recall] : [0, recall], value: precision };
  };
}

function byPrecision(least: number): Judge['rank'] {
  return (cut) => {
    const recall = cut.truePositives / cut.positives;
    const precision = precisionOf(cut);
    return precision >= least ? { keys: [1, recall], value: recall } : { keys: [0, precision], value: null };
  };
}

function byCost({
  falsePositive,
  falseNegative,
  truePositive = 0,
  trueNegative = 0,
}: RowCosts): Judge['rank'] {
  for (const [name, cost] of Object.entries({ falsePositive, falseNegative, truePositive, trueNegative })) {
    if (!Number.isFinite(cost)) refuse(`cost.${name}`, 'a finite number', cost);
  }
  return ({ truePositives, falsePositives, positives, negatives }) => {
    const total =
      truePositives * truePositive +
      falsePositives * falsePositive +
      (positives - truePositives) * falseNegative +
      (negatives - falsePositives) * trueNegative;
    const value = total / (positives + negatives);
    return { keys: [-value], value };
  };
}

function requireShare(field: string, share: number): number {
  if (!(share > 0 && share <= 1)) refuse(field, 'a share in (0, 1]', share);
  return share;
}

function refuse(field: string, expected: string, got: number): never {
  throw new InvalidInputError([{ field, expected, got: showValue(got) }]);
}
