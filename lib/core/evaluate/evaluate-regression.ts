import type { METRICS } from '../spec/task.ts';
import { bootstrap } from './bootstrap.ts';
import { type Estimate, meanEstimate, meanWithError, UNDEFINED } from './interval.ts';
import { type LossMetric, lossOf } from './losses.ts';
import { requireConfidence } from './options.ts';
import { quantileOf } from './quantile.ts';
import { requireRegressionRows } from './scored-rows.ts';

export type RegressionMetric = (typeof METRICS)['regression'][number];

/** How good the predictions of a regression model are on labelled rows. Plain JSON, in the label's unit. */
export interface RegressionEvaluation {
  readonly task: 'regression';
  readonly rows: number;
  /** Of every interval, for example 0.95. */
  readonly confidence: number;
  /**
   * `bias` is the mean of prediction - label. `pinball` and `tweedieDeviance` are undefined unless asked
   * for, the deviances also where a label is negative or a prediction not above 0; `r2` where all labels are equal.
   */
  readonly metrics: Readonly<Record<RegressionMetric, Estimate>>;
  /** Quantiles of prediction - label: 0 is the lowest, 1 the highest. */
  readonly residuals: { readonly quantiles: readonly { readonly share: number; readonly value: number }[] };
}

export interface RegressionOptions {
  /** Two-sided, within (0, 1). @default 0.95 */
  readonly confidence?: number | undefined;
  /** Of the bootstrap. @default 1 */
  readonly seed?: string | number | undefined;
  /** Which quantile the model predicts, within (0, 1): gives `pinball`. @default not evaluated */
  readonly quantile?: number | undefined;
  /** Variance power within (1, 2): gives `tweedieDeviance`. @default not evaluated */
  readonly tweediePower?: number | undefined;
}

const RESIDUAL_SHARES = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1];

/**
 * Evaluates a regression model. Means over rows have the central limit theorem's interval; `rmse`, `r2`
 * (1 - squared errors / squared distances to the mean label) and `medianAbsoluteError` a bootstrap's.
 * @param labels finite numbers
 * @param predictions finite numbers, as many as labels
 * @throws InvalidInputError when there is no row, lengths differ, or a value or option is out of range
 */
export function evaluateRegression(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  { confidence = 0.95, seed = 1, quantile, tweediePower }: RegressionOptions = {},
): RegressionEvaluation {
  requireConfidence(confidence);
  requireRegressionRows(labels, predictions);
  const residuals = Float64Array.from(labels, (label, row) => (predictions[row] as number) - label);
  const mean = (metric: LossMetric) =>
    meanEstimate(lossOf(metric, 'regression', { quantile, tweediePower })(labels, predictions), confidence, [
      0,
      Infinity,
    ]);
  const sorted = residuals.toSorted();
  return {
    task: 'regression',
    rows: labels.length,
    confidence,
    metrics: {
      ...resampled(labels, residuals, confidence, seed),
      mae: mean('mae'),
      mse: mean('mse'),
      bias: meanEstimate(residuals, confidence, [-Infinity, Infinity]),
      pinball: quantile === undefined ? UNDEFINED : mean('pinball'),
      poissonDeviance: mean('poissonDeviance'),
      tweedieDeviance: tweediePower === undefined ? UNDEFINED : mean('tweedieDeviance'),
    },
    residuals: {
      quantiles: RESIDUAL_SHARES.map((share) => ({ share, value: quantileOf(sorted, share) })),
    },
  };
}

/** The three share one pass a resample: over the rows from the smallest absolute error to the largest. */
function resampled(
  labels: ArrayLike<number>,
  residuals: Float64Array,
  confidence: number,
  seed: string | number,
): Record<'rmse' | 'r2' | 'medianAbsoluteError', Estimate> {
  const rows = residuals.length;
  const order = Uint32Array.from(residuals, (_, row) => row).sort(
    (a, b) => Math.abs(residuals[a] as number) - Math.abs(residuals[b] as number),
  );
  const errors = Float64Array.from(order, (row) => Math.abs(residuals[row] as number));
  const middle = meanWithError(Float64Array.from(labels)).mean;
  // Centred, so that the sum of squares less the square of the sum keeps its digits.
  const centred = Float64Array.from(order, (row) => (labels[row] as number) - middle);
  const statistics = (draws: Uint32Array) => {
    let [drawn, squaredErrors, sum, squares] = [0, 0, 0, 0];
    let [lower, upper] = [0, 0];
    for (let at = 0; at < rows; at++) {
      const times = draws[at] as number;
      const error = errors[at] as number;
      const label = centred[at] as number;
      if (drawn <= (rows - 1) >> 1) lower = error;
      if (drawn <= rows >> 1) upper = error;
      drawn += times;
      squaredErrors += times * error * error;
      sum += times * label;
      squares += times * label * label;
    }
    const spread = squares - (sum * sum) / rows;
    // Equal labels leave rounding errors, not 0.
    const r2 = spread > 1e-12 * squares ? 1 - squaredErrors / spread : null;
    return [Math.sqrt(squaredErrors / rows), r2, (lower + upper) / 2];
  };
  const [rmse, r2, medianAbsoluteError] = bootstrap(rows, statistics, { confidence, seed });
  return { rmse, r2, medianAbsoluteError } as Record<'rmse' | 'r2' | 'medianAbsoluteError', Estimate>;
}
