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
 * The message holds no values: errors are logged and kept, rows are not.
 * @throws ParityError naming the first feature and row (from 0) that differ
 */
export function requireParity(
  features: readonly string[],
  trained: Float32Array,
  served: Float32Array,
): void {
  const width = features.length;
  if (trained.length !== served.length) {
    const [expected, got] = [trained.length / width, served.length / width];
    throw new ParityError(`training has ${expected} test rows, serving ${got}`);
  }
  const [a, b] = [bitsOf(trained), bitsOf(served)];
  const index = a.findIndex((bits, position) => bits !== b[position]);
  if (index >= 0) {
    throw new ParityError(
      `feature ${features[index % width]}, test row ${Math.floor(index / width)}: serving computes another value than training did`,
    );
  }
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
