/**
 * P(Z <= z) of the standard normal distribution, to about 1e-15.
 * Source: Hart et al., Computer Approximations, 1968, algorithm 5666, as given by West,
 * Better approximations to cumulative normal functions, Wilmott Magazine, 2005.
 */
export function normalCdf(z: number): number {
  const distance = Math.abs(z);
  const tail = (Math.exp((-z * z) / 2) * polynomial(TOP, distance)) / polynomial(BOTTOM, distance);
  return z > 0 ? 1 - tail : tail;
}

function polynomial(coefficients: readonly number[], z: number): number {
  return coefficients.reduce((sum, coefficient) => sum * z + coefficient, 0);
}

const TOP = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const BOTTOM = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];
