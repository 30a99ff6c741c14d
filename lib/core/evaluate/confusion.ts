import { type Estimate, UNDEFINED, wilson } from './interval.ts';
import type { ScoredRows } from './scored-rows.ts';

/** Counts of rows; a row is predicted positive when its probability is at least `threshold`. */
export interface Confusion {
  readonly threshold: number;
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

export function confusionAt({ labels, probabilities }: ScoredRows, threshold: number): Confusion {
  let [truePositives, falsePositives, trueNegatives, falseNegatives] = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    if ((probabilities[row] as number) >= threshold) {
      if (labels[row] === 1) truePositives++;
      else falsePositives++;
    } else if (labels[row] === 1) falseNegatives++;
    else trueNegatives++;
  }
  return { threshold, truePositives, falsePositives, trueNegatives, falseNegatives };
}

/** Shares at the threshold, each with Wilson's interval; undefined where no row counts. */
export function confusionMetrics(
  { truePositives, falsePositives, trueNegatives, falseNegatives }: Omit<Confusion, 'threshold'>,
  confidence: number,
): Record<'accuracy' | 'precision' | 'recall' | 'f1', Estimate> {
  const wrong = falsePositives + falseNegatives;
  const right = truePositives + trueNegatives;
  return {
    accuracy: wilson(right, right + wrong, confidence),
    precision: wilson(truePositives, truePositives + falsePositives, confidence),
    recall: wilson(truePositives, truePositives + falseNegatives, confidence),
    f1: f1FromJaccard(wilson(truePositives, truePositives + wrong, confidence)),
  };
}

/**
 * F1 rises with the Jaccard index J = TP / (TP + FP + FN), F1 = 2 J / (1 + J), and J is a share with a
 * Wilson interval of its own. Source: Hand, Christen and Kirielle, Machine Learning 110, 2021.
 */
function f1FromJaccard({ value, low, high }: Estimate): Estimate {
  if (value === null || low === null || high === null) return UNDEFINED;
  const f1 = (share: number) => (2 * share) / (1 + share);
  return { value: f1(value), low: f1(low), high: f1(high) };
}
