import { applyCalibration, fitIsotonic, fitPlatt } from '../evaluate/calibrators.ts';
import { chooseThreshold } from '../evaluate/threshold.ts';
import type { Calibration, Decision } from '../serve/decision.ts';
import type { ModelSpec } from '../spec/model.ts';

/**
 * The step after a binary model, learned from rows that the model did not see.
 * @param labels 0 or 1, one a row
 * @param probabilities the model's own, one a row
 */
export function learnDecision(
  model: Pick<ModelSpec, 'calibration' | 'threshold'>,
  labels: Float32Array,
  probabilities: Float32Array,
): Decision {
  const calibration = learnCalibration(model.calibration, labels, probabilities);
  const decided = calibration
    ? Float64Array.from(probabilities, (probability) => applyCalibration(calibration, probability))
    : probabilities;
  return { format: 1, calibration, threshold: learnThreshold(model.threshold, labels, decided) };
}

function learnCalibration(
  kind: ModelSpec['calibration'],
  labels: Float32Array,
  probabilities: Float32Array,
): Calibration | null {
  if (kind === 'none') return null;
  return kind === 'isotonic' ? fitIsotonic(labels, probabilities) : fitPlatt(labels, probabilities);
}

function learnThreshold(
  threshold: ModelSpec['threshold'],
  labels: Float32Array,
  probabilities: ArrayLike<number>,
): number {
  if (typeof threshold === 'number') return threshold;
  return chooseThreshold(labels, probabilities, threshold).threshold;
}
