import { BinMismatchError } from '../drift/errors.ts';
import { addExactly, type ExactSum, exactSum, mergeSums } from '../drift/exact-sum.ts';
import { topClass } from '../evaluate/top-class.ts';
import type { Prediction } from '../serve/answer.ts';
import { mergeBy } from './merge-by.ts';

/**
 * What a version's answers come to, as far as `estimatePerformance` needs it: every row is taken to be true as often as
 * its probability says. Plain JSON. Counts and exact sums, so that those of parts that share no row merge into those of
 * the whole, to the bit.
 */
export type AnswerCounts = BinaryCounts | MulticlassCounts;

export interface BinaryCounts extends ExpectedLosses {
  /** With a row at least, by rising probability: at most two a bin of `probabilityBin`, 1,858 in all. */
  readonly bins: readonly AnswerBin[];
}

export interface MulticlassCounts extends ExpectedLosses {
  /** By label. */
  readonly classes: readonly AnswerClass[];
}

interface ExpectedLosses {
  readonly rows: number;
  /** Of all rows together, expected. */
  readonly logLoss: ExactSum;
  readonly brier: ExactSum;
}

interface AnswerBin {
  readonly bin: number;
  /** Whether its rows reach the version's threshold: the bin that has it is two. */
  readonly positive: boolean;
  readonly rows: number;
  /** Rows expected to be true: the sum of their probabilities. */
  readonly expected: ExactSum;
}

interface AnswerClass {
  readonly label: string;
  /** Rows that are answered with it. */
  readonly rows: number;
  /** Rows expected to be of it. */
  readonly expected: ExactSum;
  /** Rows expected to be of it, of those that are answered with it. */
  readonly right: ExactSum;
}

/** Bins of equal width between a distance of 2^-n from 0 or 1 and twice that distance. */
const DETAIL_BITS = 5;
/** Nearer to 0 or 1 all is one bin. */
const NEAREST = 2 ** -30;

const bits = new DataView(new ArrayBuffer(8));

/** A number's exponent and the first bits of its fraction: they rise with a positive number. */
function leadingBits(value: number): number {
  bits.setFloat64(0, value);
  return bits.getUint32(0) >>> (20 - DETAIL_BITS);
}

const [LOWEST, MIDDLE] = [leadingBits(NEAREST), leadingBits(0.5)];

/**
 * The bin of a probability, from 0 to 1,856: a bin is at most 1/32 as wide as its nearer end of [0, 1] is far away, so
 * that rare labels are told apart as well as frequent ones. No logarithm: the same on every machine.
 */
export function probabilityBin(probability: number): number {
  const low = (distance: number) => leadingBits(Math.max(distance, NEAREST)) - LOWEST;
  return probability <= 0.5 ? low(probability) : 2 * (MIDDLE - LOWEST) - low(1 - probability);
}

/**
 * Counts answers one at a time. What is no probability, and a number, says nothing of its own confidence.
 * @param threshold probability from which a row is predicted positive; null: 0.5
 */
export function answerCounter(threshold: number | null) {
  const bins = new Map<number, { bin: number; positive: boolean; rows: number; expected: number[] }>();
  const classes = new Map<string, { rows: number; expected: number[]; right: number[] }>();
  const [logLoss, brier]: [number[], number[]] = [[], []];
  let rows = 0;

  function addBinary(probability: number): void {
    rows++;
    addExactly(logLoss, entropy(probability) + entropy(1 - probability));
    addExactly(brier, probability * (1 - probability));
    const [bin, positive] = [probabilityBin(probability), probability >= (threshold ?? 0.5)];
    const key = 2 * bin + Number(positive);
    const found = bins.get(key) ?? { bin, positive, rows: 0, expected: [] };
    found.rows++;
    addExactly(found.expected, probability);
    bins.set(key, found);
  }

  function addClasses(answered: Readonly<Record<string, number>>, probabilities: readonly number[]): void {
    const sum = (of: (p: number) => number) => probabilities.reduce((total, p) => total + of(p), 0);
    rows++;
    addExactly(logLoss, sum(entropy));
    addExactly(
      brier,
      sum((p) => p * (1 - p)),
    );
    const top = topClass(probabilities, 0, probabilities.length);
    for (const [index, label] of Object.keys(answered).entries()) {
      const probability = probabilities[index] as number;
      const found = classes.get(label) ?? { rows: 0, expected: [], right: [] };
      addExactly(found.expected, probability);
      if (index === top) {
        found.rows++;
        addExactly(found.right, probability);
      }
      classes.set(label, found);
    }
  }

  return {
    add(prediction: Prediction): void {
      if ('probability' in prediction) {
        if (isProbability(prediction.probability)) addBinary(prediction.probability);
      } else if ('probabilities' in prediction) {
        const probabilities = Object.values(prediction.probabilities);
        if (probabilities.every(isProbability)) addClasses(prediction.probabilities, probabilities);
      }
    },
    /** null of no rows. */
    counts(): AnswerCounts | null {
      if (rows === 0) return null;
      const losses = { rows, logLoss: exactSum(logLoss), brier: exactSum(brier) };
      if (classes.size === 0) {
        const counted = Array.from(bins.values(), (bin) => ({ ...bin, expected: exactSum(bin.expected) }));
        return { ...losses, bins: counted.sort(byProbability) };
      }
      const counted = Array.from(classes, ([label, { rows: answered, expected, right }]) => ({
        ...{ label, rows: answered, expected: exactSum(expected), right: exactSum(right) },
      }));
      return { ...losses, classes: counted.sort(byLabel) };
    },
  };
}

/**
 * @param a of other rows than `b`, read in the same way
 * @throws BinMismatchError when one is of a binary and the other of a multiclass model
 */
export function mergeAnswers(a: AnswerCounts | null, b: AnswerCounts | null): AnswerCounts | null {
  if (a === null || b === null) return a ?? b;
  const losses = {
    rows: a.rows + b.rows,
    logLoss: mergeSums(a.logLoss, b.logLoss),
    brier: mergeSums(a.brier, b.brier),
  };
  if ('bins' in a && 'bins' in b) {
    const bins = mergeBy(
      [...a.bins, ...b.bins],
      ({ bin, positive }) => 2 * bin + Number(positive),
      (one, same) => ({
        ...one,
        rows: one.rows + same.rows,
        expected: mergeSums(one.expected, same.expected),
      }),
    );
    return { ...losses, bins: bins.sort(byProbability) };
  }
  if ('classes' in a && 'classes' in b) {
    const classes = mergeBy(
      [...a.classes, ...b.classes],
      ({ label }) => label,
      (one, same) => ({
        label: one.label,
        rows: one.rows + same.rows,
        expected: mergeSums(one.expected, same.expected),
        right: mergeSums(one.right, same.right),
      }),
    );
    return { ...losses, classes: classes.sort(byLabel) };
  }
  const [expected, got] = [a, b].map((one) => ('bins' in one ? 'bins' : 'classes'));
  throw new BinMismatchError('the answers', expected as string, got as string);
}

const byProbability = (a: AnswerBin, b: AnswerBin) =>
  a.bin - b.bin || Number(a.positive) - Number(b.positive);
const byLabel = (a: AnswerClass, b: AnswerClass) => (a.label < b.label ? -1 : 1);

/** The log is JSON: what is no number there is null. */
const isProbability = (value: number | null): boolean => value !== null && value >= 0 && value <= 1;

const entropy = (p: number): number => (p === 0 ? 0 : -p * Math.log(p));
