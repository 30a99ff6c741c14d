import { evenlySpaced } from '#core/evaluate/evenly-spaced.ts';
import type { Row } from '#core/expression/index.ts';
import type { Prediction } from '#core/serve/answer.ts';
import { MAX_ROWS } from '#core/serve/parse-rows.ts';
import type { Signature } from '#core/serve/signature.ts';
import { requireLoadParity } from '#core/training/evaluation.ts';
import { rowScorer, type Scorer } from './score-rows.ts';

const TIMED_ROWS = 500;
const WARM_UP_ROWS = 50;

/**
 * Answers all rows as a prediction function does, in requests as large as they may be: in the company they will have.
 * @param judged rows x outputs, what evaluation used
 * @throws ParityError when an answer is not, bit by bit, what was judged
 */
export function serveAll(
  scorer: Scorer,
  rows: readonly Row[],
  judged: ArrayLike<number>,
): { rows: number; maxDifference: 0 } {
  const answer = rowScorer(scorer);
  const { outputs } = scorer.predictor;
  const served = new Float64Array(rows.length * outputs);
  for (let start = 0; start < rows.length; start += MAX_ROWS) {
    const scores = answer(rows.slice(start, start + MAX_ROWS)).flatMap((prediction) =>
      numbersOf(prediction, scorer.signature),
    );
    served.set(scores, start * outputs);
  }
  return requireLoadParity(judged, served, outputs);
}

/** Milliseconds from one raw row to its answer, over evenly spaced rows after a warm-up. */
export function measureServing(
  scorer: Scorer,
  rows: readonly Row[],
  clock: () => number,
): { medianMs: number; p99Ms: number } {
  const answer = rowScorer(scorer);
  const timed = evenlySpaced(rows.length, TIMED_ROWS).map((row) => [rows[row] as Row]);
  for (const row of timed.slice(0, WARM_UP_ROWS)) answer(row);
  const times = timed.map((row) => {
    const start = clock();
    answer(row);
    return clock() - start;
  });
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.ceil(share * times.length) - 1] as number;
  return { medianMs: at(0.5), p99Ms: at(0.99) };
}

function numbersOf(prediction: Prediction, { classes = [] }: Signature): number[] {
  if ('probability' in prediction) return [prediction.probability];
  if ('value' in prediction) return [prediction.value];
  return classes.map((name) => prediction.probabilities[name] as number);
}
