import { applyCalibration } from '../evaluate/calibrators.ts';
import { topClass } from '../evaluate/top-class.ts';
import type { Prediction } from './answer.ts';
import type { Decision } from './decision.ts';
import type { Signature } from './signature.ts';

/**
 * What a model's scores become before anybody sees them: evaluation judges these, serving answers with these.
 * @param scores rows x outputs, as the predictor gives them
 */
export function decideScores({ calibration }: Decision, scores: Float32Array): ArrayLike<number> {
  if (calibration === null) return scores;
  return Float64Array.from(scores, (score) => applyCalibration(calibration, score));
}

/**
 * The answers of a model, one a row.
 * @param scores rows x outputs, after `decideScores`
 * @param margins rows x outputs, as the predictor gives them
 */
export function toPredictions(
  { task, classes = [] }: Pick<Signature, 'task' | 'classes'>,
  { threshold }: Decision,
  scores: ArrayLike<number>,
  margins: ArrayLike<number>,
): Prediction[] {
  if (task === 'regression') return Array.from(scores, (value) => ({ value }));
  if (task === 'binary') {
    return Array.from(scores, (probability, row) => ({
      probability,
      margin: margins[row] as number,
      positive: probability >= (threshold ?? 0.5),
    }));
  }
  return Array.from({ length: scores.length / classes.length }, (_, row) => {
    const first = row * classes.length;
    return {
      label: classes[topClass(scores, row, classes.length)] as string,
      probabilities: Object.fromEntries(
        classes.map((name, index) => [name, scores[first + index] as number]),
      ),
    };
  });
}
