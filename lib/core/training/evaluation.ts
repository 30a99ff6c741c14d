import { LeeboardError } from '../errors.ts';
import type { FairnessEvaluation } from '../evaluate/fairness.ts';
import type { FeatureCheck } from '../evaluate/feature-checks.ts';
import type { Evaluation, NonInferiority } from '../evaluate/index.ts';
import type { Estimate } from '../evaluate/interval.ts';
import type { Robustness } from '../evaluate/robustness.ts';
import type { SliceEvaluation } from '../evaluate/slices.ts';
import type { MonitoringReference } from '../monitor/reference.ts';
import type { Decision } from '../serve/decision.ts';
import type { primaryMetric, Task } from '../spec/task.ts';
import type { Split } from './training-query.ts';

/** How many rows of each split found their partner in a joined dataset, as a share, 0 to 1. */
export interface JoinMatch {
  readonly dataset: string;
  readonly matched: Readonly<Record<Split, number>>;
}

/** `evaluation.json` of a model version: everything that its gates judge. Plain JSON. */
export interface VersionEvaluation {
  readonly format: 2;
  readonly task: Task;
  /** What the algorithm minimises: the loss of every comparison here but the champion's, which the spec names. */
  readonly metric: ReturnType<typeof primaryMetric>;
  /** Of what will be answered, on the test rows: the newest, seen neither by training nor by early stopping. */
  readonly test: Evaluation;
  /** The scores before calibration; absent for a version without that step. */
  readonly uncalibrated?: Readonly<Record<'logLoss' | 'brier' | 'ece', number | null>>;
  readonly decision: Decision;
  /** Against the best of the naive rules on the same rows; `champion` in the comparison is that rule. */
  readonly naive: { readonly rule: string; readonly comparison: NonInferiority };
  /** Against the champion on the same rows; null when there is none. */
  readonly champion: {
    readonly version: number;
    /** null when it cannot score these rows, or the spec does not ask. */
    readonly nonInferiority: NonInferiority | null;
    /** Columns that the champion needs and these rows do not have. */
    readonly missing: readonly string[];
    /** Of the champion, on the same rows; absent when it cannot score them, and in versions of before. */
    readonly metrics?: Readonly<Record<string, Estimate>>;
  } | null;
  readonly slices: readonly SliceEvaluation[];
  readonly fairness: readonly FairnessEvaluation[];
  readonly robustness: Robustness;
  readonly features: readonly FeatureCheck[];
  /** One a joined dataset of the spec. */
  readonly joins: readonly JoinMatch[];
  /** The test rows' matrices that training made in SQL and serving in JavaScript were compared bit by bit. */
  readonly parity: { readonly rows: number; readonly features: number };
  /** The bundle was loaded afresh from its bytes and gave the judged scores bit by bit. */
  readonly load: { readonly rows: number; readonly maxDifference: 0 };
  /** Milliseconds from a raw row to its answer, one row at a time, where the version was evaluated. */
  readonly serving: { readonly medianMs: number; readonly p99Ms: number; readonly sizeBytes: number };
  /** What windows of predictions are compared with; absent in versions of before there was one. */
  readonly reference?: MonitoringReference;
}

/** What is served is not what was judged: features in SQL and JavaScript, or scores before and after loading. */
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

/**
 * Compares the scores that were judged with those of the bundle loaded afresh, bit by bit.
 * @param judged rows x outputs, after calibration
 * @param served the same rows through the bundle as it will answer
 * @throws ParityError naming the first row (from 0) that differs
 */
export function requireLoadParity(
  judged: ArrayLike<number>,
  served: ArrayLike<number>,
  outputs: number,
): { rows: number; maxDifference: 0 } {
  if (judged.length !== served.length) {
    throw new ParityError(
      `${judged.length / outputs} test rows were judged, the loaded bundle scores ${served.length / outputs}`,
    );
  }
  for (let index = 0; index < judged.length; index++) {
    if (!Object.is(judged[index], served[index])) {
      throw new ParityError(
        `test row ${Math.floor(index / outputs)}: the bundle loaded from its bytes gives another score than was judged`,
      );
    }
  }
  return { rows: judged.length / outputs, maxDifference: 0 };
}
