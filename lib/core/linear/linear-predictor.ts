import type { LinearFeature, LinearModel } from './linear-model.ts';
import { additivePredictor, type ModelPredictor } from './predictor.ts';

/**
 * Serves a linear model. A feature's contribution is its part of the margin less the training rows'
 * average part: for a number w (x - mean). These are the interventional SHAP values of a linear model.
 * Source: Lundberg and Lee, NeurIPS 30, 2017, corollary 1.
 * Sums are in float64 and rounded to float32 once.
 */
export function linearPredictor({ task, intercept, features }: LinearModel): ModelPredictor {
  const columns = features.length;
  const outputs = intercept.length;
  const averages = features.map((feature) => intercept.map((_, output) => averagePart(feature, output)));
  const parts = features.map(partOf);
  const bias = intercept.map((start, output) =>
    averages.reduce((sum, average) => sum + (average[output] as number), start),
  );
  return additivePredictor({
    task,
    columns,
    outputs,
    explainRow(values, start, row) {
      for (let output = 0, at = 0; output < outputs; output++) {
        for (let column = 0; column < columns; column++, at++) {
          const part = (parts[column] as Part)(values[start + column] as number, output);
          row[at] = part - (averages[column]?.[output] as number);
        }
        row[at++] = bias[output] as number;
      }
    },
  });
}

/** What a feature's value adds to an output's margin. */
type Part = (value: number, output: number) => number;

function partOf(feature: LinearFeature): Part {
  const missing = (output: number) => feature.missing?.weights[output] ?? 0;
  if (feature.kind === 'categorical') {
    const { levels } = feature;
    return (value, output) => levels[value]?.[output] ?? missing(output);
  }
  const { mean, scale, weights } = feature;
  return (value, output) =>
    Number.isNaN(value) ? missing(output) : ((weights[output] as number) * (value - mean)) / scale;
}

/** Over the training rows; a number's own part averages 0. */
function averagePart(feature: LinearFeature, output: number): number {
  const missing = feature.missing ? feature.missing.share * (feature.missing.weights[output] as number) : 0;
  if (feature.kind === 'number') return missing;
  return feature.levels.reduce(
    (sum, weights, level) => sum + (feature.shares[level] as number) * (weights[output] as number),
    missing,
  );
}
