import { cholesky } from './cholesky.ts';
import type { Design } from './design.ts';
import { addRidge, gram } from './design-products.ts';
import type { Loss } from './newton.ts';
import { sigmoid } from './predictor.ts';

/**
 * Negative log likelihood of 0/1 labels with log odds as margins; the exact Newton step (iteratively
 * reweighted least squares). Source: Hastie, Tibshirani and Friedman, Elements of Statistical
 * Learning, 2nd edition, 4.4.1.
 * @param labels one a row of the design
 */
export function logisticLoss(design: Design, labels: Float64Array, l2: number): Loss {
  const { weights, width } = design;
  return {
    value: (margins) =>
      margins.reduce((sum, margin, row) => {
        const towards = labels[row] === 1 ? margin : -margin;
        return (
          sum + (weights[row] as number) * (Math.log1p(Math.exp(-Math.abs(margin))) + Math.max(-towards, 0))
        );
      }, 0),
    slopes: (margins) =>
      margins.map((margin, row) => (weights[row] as number) * (sigmoid(margin) - (labels[row] as number))),
    step: (margins, gradient) => {
      const curvature = margins.map(
        (margin, row) => (weights[row] as number) * sigmoid(margin) * sigmoid(-margin),
      );
      return cholesky(addRidge(gram(design, curvature), width, l2), width)(gradient);
    },
  };
}
