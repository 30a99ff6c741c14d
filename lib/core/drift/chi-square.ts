/**
 * P(X <= x), x >= 0, for X chi-square with `degrees` (a positive integer) degrees of freedom.
 * Source: Abramowitz and Stegun 6.5.29, the series of the regularised lower gamma function at
 * degrees / 2: every term is positive, so nothing cancels.
 */
export function chiSquareCdf(x: number, degrees: number): number {
  const half = x / 2;
  const odd = degrees % 2 === 1;
  let logTerm = -half + (odd ? Math.log(2 * Math.sqrt(half / Math.PI)) : 0);
  for (let j = odd ? 1.5 : 1; j <= degrees / 2; j++) logTerm += Math.log(half / j);
  let term = Math.exp(logTerm);
  // The density is so small only where nothing is left on that side. Of the numbers below 1e-308 most digits are lost, and
  // with them those of the sum: of 1706 with 49 degrees it would be 0.66.
  if (term < 1e-300) return x > degrees ? 1 : 0;
  let sum = 0;
  for (let j = degrees / 2 + 1; term > sum * Number.EPSILON * 0.1; j++) {
    sum += term;
    term *= half / j;
  }
  return Math.min(sum, 1);
}

/** The x with P(X <= x) = `probability`, in [0, 1): the inverse of `chiSquareCdf`, by bisection. */
export function chiSquareQuantile(probability: number, degrees: number): number {
  let low = 0;
  let high = degrees;
  while (chiSquareCdf(high, degrees) < probability) high *= 2;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (chiSquareCdf(middle, degrees) < probability) low = middle;
    else high = middle;
  }
}
