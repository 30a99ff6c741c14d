/** A reproducible stream of numbers: the same seed gives the same stream on every machine. */
export interface Random {
  /** In [0, 1), 53 random bits. */
  uniform(): number;
  /** Standard normal: mean 0, standard deviation 1. */
  normal(): number;
  /** Whole number in [low, high], both included, each equally likely. */
  integer(low: number, high: number): number;
}

type State = readonly [number, number, number, number];

/**
 * A generator for simulations, resampling and search; not for secrets.
 * Source: xoshiro128** 1.1 (Blackman and Vigna, ACM TOMS 47, 2021), its state filled by splitmix32
 * from the FNV-1a hash of the seed's text, so seeds 1 and 2 give unrelated streams.
 */
export function seededRandom(seed: string | number): Random {
  const next = xoshiro128(fillState(fnv1a(String(seed))));
  const uniform = () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  return {
    uniform,
    /** Box and Muller, 1958: the cosine half alone keeps the stream free of hidden state. */
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (low, high) => low + Math.floor(uniform() * (high - low + 1)),
  };
}

/** The raw generator: unsigned 32-bit words from a state that is not all zero. */
export function xoshiro128(state: State): () => number {
  let [a, b, c, d] = state;
  return () => {
    const word = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return word;
  };
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** Source: Steele, Lea and Flood, OOPSLA 2014, with the 32-bit finaliser of MurmurHash3. */
function fillState(seed: number): State {
  let counter = seed;
  const next = () => {
    counter = (counter + 0x9e3779b9) | 0;
    let word = Math.imul(counter ^ (counter >>> 16), 0x85ebca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
    return word ^ (word >>> 16);
  };
  return [next(), next(), next(), next()];
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
