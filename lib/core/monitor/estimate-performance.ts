import { ascendingOrder, tiedRuns } from '../evaluate/scored-rows.ts';
import { topClass } from '../evaluate/top-class.ts';
import type { Prediction } from '../serve/answer.ts';
import type { PerformanceEstimate } from './report.ts';

/**
 * What the metrics are expected to be if every probability is right: of a row with probability p, p is how often the
 * label is true. AN ESTIMATE WITHOUT TRUTH: it knows of inputs that are harder, not of a world where the same inputs
 * come to mean something else.
 * Source: confidence-based performance estimation, NannyML, "Estimating performance for binary classification",
 * https://nannyml.readthedocs.io/en/stable/how_it_works/performance_estimation.html (expected confusion, and for AUC
 * the curve of expected true and false positive rates); for many classes the same of each.
 * @param predictions of one version
 * @param threshold probability from which a row is predicted positive
 * @param watched the metric that the model is watched by
 * @returns null without rows, and for numbers, which say nothing of their own confidence
 */
export function estimatePerformance(
  predictions: readonly Prediction[],
  threshold: number | null,
  watched: string,
): PerformanceEstimate | null {
  const rows = predictions.length;
  const binary = predictions.flatMap((one) => ('probability' in one ? [one.probability] : []));
  const classes = predictions.flatMap((one) => ('probabilities' in one ? [one.probabilities] : []));
  const found =
    rows === 0
      ? null
      : binary.length === rows
        ? binaryMetrics(binary, threshold ?? 0.5)
        : classes.length === rows
          ? multiclassMetrics(classes)
          : null;
  if (found === null) return null;
  // What these rows do not define is left out.
  const metrics = Object.fromEntries(Object.entries(found).filter(([, value]) => Number.isFinite(value)));
  return { method: 'confidence-based', rows, watched: watched in metrics ? watched : null, metrics };
}

function binaryMetrics(probabilities: readonly number[], threshold: number): Record<string, number> {
  const rows = probabilities.length;
  const sum = (of: (p: number) => number) => probabilities.reduce((total, p) => total + of(p), 0);
  const truePositives = sum((p) => (p >= threshold ? p : 0));
  const falsePositives = sum((p) => (p >= threshold ? 1 - p : 0));
  const falseNegatives = sum((p) => (p >= threshold ? 0 : p));
  const wrong = falsePositives + falseNegatives;
  return {
    auc: expectedAuc(probabilities),
    logLoss: sum((p) => entropy(p) + entropy(1 - p)) / rows,
    brier: sum((p) => p * (1 - p)) / rows,
    accuracy: 1 - wrong / rows,
    precision: truePositives / (truePositives + falsePositives),
    recall: truePositives / (truePositives + falseNegatives),
    f1: (2 * truePositives) / (2 * truePositives + wrong),
  };
}

/**
 * The area under expected true positives against expected false positives: a row is p of a positive and 1 - p of a
 * negative, so that it ties with itself. NaN where no label, or every one, is expected to be true.
 */
function expectedAuc(probabilities: readonly number[]): number {
  let [positives, negatives, area] = [0, 0, 0];
  const order = ascendingOrder(probabilities);
  for (const { start, end } of tiedRuns(probabilities, order)) {
    const probability = probabilities[order[start] as number] as number;
    const [positive, negative] = [(end - start) * probability, (end - start) * (1 - probability)];
    area += positive * (negatives + negative / 2);
    positives += positive;
    negatives += negative;
  }
  return area / (positives * negatives);
}

/** Macro F1 is over the classes that are answered, or expected once at least. */
function multiclassMetrics(rows: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const answered = rows.map((probabilities) => Object.values(probabilities));
  const sum = (of: (probabilities: number[]) => number) =>
    answered.reduce((total, probabilities) => total + of(probabilities), 0) / rows.length;
  const tops = answered.map((probabilities) => topClass(probabilities, 0, probabilities.length));
  const f1s = Object.keys(rows[0] ?? {}).flatMap((_, label) => {
    let [both, actual, predicted] = [0, 0, 0];
    for (const [row, probabilities] of answered.entries()) {
      const probability = probabilities[label] as number;
      actual += probability;
      if (tops[row] !== label) continue;
      predicted++;
      both += probability;
    }
    return predicted > 0 || actual >= 1 ? [(2 * both) / (actual + predicted)] : [];
  });
  return {
    logLoss: sum((probabilities) => probabilities.reduce((total, p) => total + entropy(p), 0)),
    accuracy: sum((probabilities) => Math.max(...probabilities)),
    macroF1: f1s.reduce((total, f1) => total + f1, 0) / f1s.length,
    brier: sum((probabilities) => probabilities.reduce((total, p) => total + p * (1 - p), 0)),
  };
}

const entropy = (p: number): number => (p === 0 ? 0 : -p * Math.log(p));
