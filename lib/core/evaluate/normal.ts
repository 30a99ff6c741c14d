/**
 * Quantile of the standard normal distribution: the z with P(Z <= z) = `probability`, about 1e-16 exact.
 * Source: algorithm AS 241 (PPND16), Wichura, Applied Statistics 37, 1988.
 * @param probability in (0, 1)
 */
export function normalQuantile(probability: number): number {
  const fromMiddle = probability - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) {
    const r = 0.180625 - fromMiddle * fromMiddle;
    return (fromMiddle * polynomial(CENTRE.top, r)) / polynomial(CENTRE.bottom, r);
  }
  const r = Math.sqrt(-Math.log(fromMiddle < 0 ? probability : 1 - probability));
  const { top, bottom, shift } = r <= 5 ? SHOULDER : TAIL;
  const z = polynomial(top, r - shift) / polynomial(bottom, r - shift);
  return fromMiddle < 0 ? -z : z;
}

/** The z of a two-sided interval: 1.959964 for 0.95. */
export function twoSidedZ(confidence: number): number {
  return normalQuantile((1 + confidence) / 2);
}

/**
 * P(Z <= z) of the standard normal distribution, to about 1e-15.
 * Source: Hart et al., Computer Approximations, 1968, algorithm 5666, as given by West,
 * Better approximations to cumulative normal functions, Wilmott Magazine, 2005.
 */
export function normalCdf(z: number): number {
  const distance = Math.abs(z);
  const tail =
    (Math.exp((-z * z) / 2) * polynomial(BELOW.top, distance)) / polynomial(BELOW.bottom, distance);
  return z > 0 ? 1 - tail : tail;
}

function polynomial(ascending: readonly number[], x: number): number {
  return ascending.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

const CENTRE = {
  top: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  bottom: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852546,
  ],
};
const SHOULDER = {
  shift: 1.6,
  top: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  bottom: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};
const TAIL = {
  shift: 5,
  top: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  bottom: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};
const BELOW = {
  top: [
    220.206867912376, 221.213596169931, 112.079291497871, 33.912866078383, 6.37396220353165,
    0.700383064443688, 3.52624965998911e-2,
  ],
  bottom: [
    440.413735824752, 793.826512519948, 637.333633378831, 296.564248779674, 86.7807322029461, 16.064177579207,
    1.75566716318264, 8.83883476483184e-2,
  ],
};
