import { type EvaluateOptions, evaluate } from '../evaluate/index.ts';
import type { Estimate } from '../evaluate/interval.ts';
import { quantileOf } from '../evaluate/quantile.ts';
import type { Task } from '../spec/task.ts';
import {
  type BinaryPrediction,
  isShadow,
  type LoggedPrediction,
  type MulticlassPrediction,
  type RegressionPrediction,
} from './answer.ts';
import { delayOf, type JoinedTruth, type Outcome } from './join-truth.ts';

/** How a version did on what really happened. */
export interface VersionOutcome {
  readonly version: number;
  /** With truth, those that it scored as a shadow too. */
  readonly rows: number;
  /** As `lib/core/evaluate` names them, with their intervals. */
  readonly metrics: Readonly<Record<string, Estimate>>;
}

/** How much is known of what was predicted, and how good it was. Plain JSON. */
export interface TruthSummary {
  /** Rows that were answered. */
  readonly rows: number;
  /** Of them with truth. */
  readonly joined: number;
  /**
   * Share, 0 to 1, with truth of the rows that are older than nine of ten truths were when they came; null when there
   * are none.
   */
  readonly joinRate: number | null;
  /** From a prediction to its truth; null without any. */
  readonly delaySeconds: { readonly median: number; readonly p90: number } | null;
  readonly repeated: number;
  readonly conflicts: number;
  /** Ids of the first 100 rows that were told different actuals. */
  readonly conflicting: readonly string[];
  readonly late: number;
  readonly unknown: number;
  readonly unmatched: number;
  /** Ascending. */
  readonly versions: readonly VersionOutcome[];
}

const NAMED = 100;

/** @param asOf until when truth was taken, epoch milliseconds */
export function summariseTruth(
  task: Task,
  predictions: readonly LoggedPrediction[],
  { outcomes, conflicting, ...counts }: JoinedTruth,
  asOf: number,
): TruthSummary {
  const rows = predictions.filter((prediction) => !isShadow(prediction));
  const joined = outcomes.filter(({ prediction }) => !isShadow(prediction));
  const delays = joined.map((outcome) => delayOf(outcome.prediction, outcome)).sort((a, b) => a - b);
  const p90 = delays.length > 0 ? quantileOf(delays, 0.9) : 0;
  const isOld = ({ at }: LoggedPrediction) => asOf - Date.parse(at) >= p90 * 1000;
  const old = rows.filter(isOld).length;
  return {
    rows: rows.length,
    joined: joined.length,
    joinRate: old === 0 ? null : joined.filter(({ prediction }) => isOld(prediction)).length / old,
    delaySeconds: delays.length === 0 ? null : { median: quantileOf(delays, 0.5), p90 },
    ...counts,
    conflicts: conflicting.length,
    conflicting: conflicting.slice(0, NAMED),
    versions: versionOutcomes(task, outcomes),
  };
}

function versionOutcomes(task: Task, outcomes: readonly Outcome[]): VersionOutcome[] {
  const versions = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    const { version } = outcome.prediction;
    const own = versions.get(version);
    if (own) own.push(outcome);
    else versions.set(version, [outcome]);
  }
  return [...versions]
    .sort(([a], [b]) => a - b)
    .flatMap(([version, own]) => {
      const { labels, scores, options } = scoredOutcomes(task, own);
      if (labels.length === 0) return [];
      const { metrics } = evaluate(task, labels, scores, options);
      return [{ version, rows: labels.length, metrics }];
    });
}

/** Outcomes as evaluation takes them. */
export interface Scored {
  /** Those that fit the task, in the order of the labels. */
  readonly outcomes: readonly Outcome[];
  readonly labels: readonly number[];
  readonly scores: readonly number[];
  readonly options: EvaluateOptions;
}

export function scoredOutcomes(task: Task, outcomes: readonly Outcome[]): Scored {
  return SCORED[task](outcomes);
}

/** A model may have had another task once: what does not fit the task is left out. */
const SCORED: Readonly<Record<Task, (outcomes: readonly Outcome[]) => Scored>> = {
  binary(outcomes) {
    const own = outcomes.filter(
      ({ prediction, actual }) => 'probability' in prediction && typeof actual === 'boolean',
    );
    const answers = own.map(({ prediction }) => prediction as BinaryPrediction);
    return {
      outcomes: own,
      labels: own.map(({ actual }) => Number(actual)),
      scores: answers.map(({ probability }) => probability),
      // The threshold that was decided by is not logged, but where it lies is.
      options: {
        threshold: answers.reduce(
          (least, { positive, probability }) => (positive ? Math.min(least, probability) : least),
          1,
        ),
      },
    };
  },
  regression(outcomes) {
    const own = outcomes.filter(
      ({ prediction, actual }) => 'value' in prediction && typeof actual === 'number',
    );
    return {
      outcomes: own,
      labels: own.map(({ actual }) => actual as number),
      scores: own.map(({ prediction }) => (prediction as RegressionPrediction).value),
      options: {},
    };
  },
  multiclass(outcomes) {
    const own = outcomes.filter(
      ({ prediction, actual }) => 'probabilities' in prediction && typeof actual === 'string',
    );
    const answers = own.map(({ prediction }) => (prediction as MulticlassPrediction).probabilities);
    const actuals = own.map(({ actual }) => actual as string);
    const classes = [...new Set([...answers.flatMap(Object.keys), ...actuals])].sort();
    return {
      outcomes: own,
      labels: actuals.map((actual) => classes.indexOf(actual)),
      // A class that the version does not know has probability 0.
      scores: answers.flatMap((probabilities) => classes.map((name) => probabilities[name] ?? 0)),
      options: { classes },
    };
  },
};
