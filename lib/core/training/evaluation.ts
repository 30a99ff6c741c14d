import { LeeboardError } from '../errors.ts';
import type { BinaryEvaluation, NonInferiority } from '../evaluate/index.ts';

/** `evaluation.json` of a model version. */
export interface VersionEvaluation {
  /** On the test rows: the newest, seen neither by training nor by early stopping. */
  readonly test: BinaryEvaluation;
  /** Against the champion on the same rows; null when there is none or it cannot score them. */
  readonly champion: {
    readonly version: number;
    readonly nonInferiority: NonInferiority | null;
    readonly missing: readonly string[];
  } | null;
}

/** What SQL computed for training is not what JavaScript computes for serving. */
export class ParityError extends LeeboardError {
  override readonly name = 'ParityError';
}

/**
 * Compares the matrix that training made in SQL with the one that serving makes in JavaScript, bit by bit.
 * @throws ParityError naming the first feature and row that differ
 */
export function requireParity(
  features: readonly string[],
  trained: Float32Array,
  served: Float32Array,
): void {
  const [a, b] = [new Uint32Array(trained.buffer), new Uint32Array(served.buffer)];
  const width = features.length;
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    if (a[index] === b[index]) continue;
    const feature = features[index % width];
    throw new ParityError(
      `feature ${feature}, test row ${Math.floor(index / width)}: training has ${trained[index]}, serving ${served[index]}`,
    );
  }
}
