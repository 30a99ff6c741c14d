import type { ColumnDrift, DriftOptions } from '../drift/column-drift.ts';
import { windowDrift } from '../drift/index.ts';
import type { ColumnProfile } from '../drift/profile.ts';
import { columnShares } from '../drift/report.ts';
import { evaluateFairness } from '../evaluate/fairness.ts';
import { evaluate } from '../evaluate/index.ts';
import type { Estimate } from '../evaluate/interval.ts';
import { normalQuantile, twoSidedZ } from '../evaluate/normal.ts';
import { isShadow } from '../serve/answer.ts';
import type { Outcome } from '../serve/join-truth.ts';
import { inputTypes, type Signature } from '../serve/signature.ts';
import { scoredOutcomes } from '../serve/summarise-truth.ts';
import type { ModelSpec } from '../spec/model.ts';
import { isHigherBetter } from '../spec/task.ts';
import type { VersionEvaluation } from '../training/evaluation.ts';
import { unloggedColumns } from './group-selection.ts';
import type { WindowTruth } from './report.ts';
import { SURE } from './sure.ts';
import { watchedMetric } from './watched-metric.ts';

export interface TruthOfWindow {
  /** Of the window's predictions; those of other versions, and shadows', are left out. */
  readonly outcomes: readonly Outcome[];
  /** ISO 8601, UTC: until when truth was taken. */
  readonly asOf: string;
  readonly version: number;
  readonly spec: ModelSpec;
  /** Both of the version. */
  readonly signature: Signature;
  readonly evaluation: VersionEvaluation;
}

/**
 * How a version did in a window, of what is known since, against what it was judged by.
 * @returns null when no row of the version has truth
 */
export function windowTruth({
  outcomes,
  asOf,
  version,
  spec,
  signature,
  evaluation,
}: TruthOfWindow): WindowTruth | null {
  const { task, monitor, algorithm } = spec;
  const own = outcomes.filter(({ prediction }) => prediction.version === version && !isShadow(prediction));
  const { labels, scores, options, outcomes: scored } = scoredOutcomes(task, own);
  const rows = labels.length;
  if (rows === 0) return null;
  const { metrics } = evaluate(task, labels, scores, {
    ...options,
    ...(evaluation.decision.threshold !== null && { threshold: evaluation.decision.threshold }),
    ...('quantile' in algorithm && { quantile: algorithm.quantile }),
    ...('tweediePower' in algorithm && { tweediePower: algorithm.tweediePower }),
  });
  return {
    asOf,
    rows,
    metrics,
    watched: watchedOf(spec, evaluation, metrics, rows),
    ...labelDrift(
      evaluation,
      scored.map(({ actual }) => actual),
      { threshold: monitor.psi, minRows: monitor.minRows, confidence: SURE },
    ),
    // None but a binary model's: others may declare none.
    groups: spec.gates.fairness
      .filter(({ group }) => unloggedColumns(group, spec, signature).length === 0)
      .map((rule) =>
        evaluateFairness(rule, {
          types: inputTypes(signature),
          rows: scored.map(({ prediction }) => prediction.inputs),
          labels,
          probabilities: scores,
          threshold: evaluation.decision.threshold ?? 0.5,
        }),
      ),
  };
}

type Metrics = Readonly<Record<string, Estimate>>;

function watchedOf(
  spec: ModelSpec,
  evaluation: VersionEvaluation,
  metrics: Metrics,
  rows: number,
): WindowTruth['watched'] {
  const { metric, margin } = watchedMetric(spec, evaluation);
  const now = metrics[metric];
  const before = (evaluation.test.metrics as Metrics)[metric];
  if (!now || !before || now.value === null || before.value === null) return null;
  const drop = rows < spec.monitor.minRows ? 0 : leastDrop(before, now, isHigherBetter(metric));
  return { metric, now, before, drop: drop > margin ? drop : 0, margin };
}

/**
 * How much worse a metric has become, at least, with the confidence of SURE: the lower end of the difference of two
 * independent estimates, from their own 95 % intervals, taken to be normal.
 * Source: Newcombe, Statistics in Medicine 17, 1998 (shares); Zou and Donner, Statistics in Medicine 27, 2008 (any: MOVER).
 * @returns 0 when that is not above 0, or an interval is not known
 */
export function leastDrop(before: Estimate, now: Estimate, higherIsBetter: boolean): number {
  const [was, is] = higherIsBetter ? [before, now] : [negated(before), negated(now)];
  const ends = [was.value, was.low, is.value, is.high];
  if (ends.includes(null)) return 0;
  const [wasValue, wasLow, isValue, isHigh] = ends as [number, number, number, number];
  const reach = (normalQuantile(SURE) / twoSidedZ(0.95)) * Math.hypot(wasValue - wasLow, isHigh - isValue);
  return Math.max(0, wasValue - isValue - reach);
}

const negated = ({ value, low, high }: Estimate): Estimate => ({
  value: value === null ? null : -value,
  low: high === null ? null : -high,
  high: low === null ? null : -low,
});

function labelDrift(
  { reference }: VersionEvaluation,
  actuals: readonly Outcome['actual'][],
  judging: DriftOptions,
): Pick<WindowTruth, 'labels' | 'labelShares'> {
  if (!reference) return { labels: null, labelShares: null };
  const { columns, windows } = windowDrift(
    [reference.label],
    actuals.map((actual) => ({ [reference.label.column]: actual })),
    judging,
  );
  return {
    labels: columns[0] as ColumnDrift,
    labelShares: columnShares(reference.label, windows[0] as ColumnProfile),
  };
}
