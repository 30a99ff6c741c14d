/** Probabilities are clipped to [1e-15, 1 - 1e-15] before the logarithm: a sure mistake costs 34.5 nats, not infinity. */
const CLIP = 1e-15;

/** A loss a row: 0 is a perfect prediction. */
export type RowLoss = (label: number, probability: number) => number;

/** -ln of the probability given to what happened, in nats. Source: Good, JRSS B 14, 1952. */
export const logLoss: RowLoss = (label, probability) => {
  const clipped = Math.min(Math.max(probability, CLIP), 1 - CLIP);
  return label === 1 ? -Math.log(clipped) : -Math.log1p(-clipped);
};

/** (label - probability)^2. Source: Brier, Monthly Weather Review 78, 1950. */
export const brier: RowLoss = (label, probability) => (label - probability) ** 2;

/** The loss of each row, in row order. */
export function rowLosses(
  loss: RowLoss,
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): Float64Array {
  const losses = new Float64Array(labels.length);
  for (let row = 0; row < losses.length; row++) {
    losses[row] = loss(labels[row] as number, probabilities[row] as number);
  }
  return losses;
}
