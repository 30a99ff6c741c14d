import { type Estimate, UNDEFINED } from '../evaluate/interval.ts';
import { isHigherBetter, METRICS } from '../spec/task.ts';

/** One metric of two models. */
export interface MetricDifference {
  readonly metric: string;
  readonly a: Estimate;
  readonly b: Estimate;
  /** b - a, in the metric's unit; null when a side has no value. */
  readonly difference: number | null;
  /** Whose value is better; null when they are equal or a side has none. */
  readonly better: 'a' | 'b' | null;
  /** Whether the intervals are known and do not meet: then chance hardly explains the difference, if the rows are the same. */
  readonly apart: boolean;
}

const NAMES: ReadonlySet<string> = new Set(Object.values(METRICS).flat());

/** Metrics that at least one side knows and that are not equal in value and interval, in `a`'s order. */
export function compareMetrics(
  a: Readonly<Record<string, Estimate>>,
  b: Readonly<Record<string, Estimate>>,
): MetricDifference[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])]
    .filter((metric) => NAMES.has(metric))
    .map((metric) => compareMetric(metric, a[metric] ?? UNDEFINED, b[metric] ?? UNDEFINED))
    .filter((found) => (['value', 'low', 'high'] as const).some((end) => found.a[end] !== found.b[end]));
}

/** Two values of one metric, and who is better. */
export function compareMetric(metric: string, a: Estimate, b: Estimate): MetricDifference {
  const known = a.value !== null && b.value !== null;
  return {
    metric,
    a,
    b,
    difference: known ? (b.value as number) - (a.value as number) : null,
    better: known ? betterOf(metric, a.value as number, b.value as number) : null,
    apart: isBelow(a, b) || isBelow(b, a),
  };
}

/** Negative when `a` is better, positive when `b` is, 0 when they are equal; of the bias the one nearer to 0 is. */
export function compareValues(metric: string, a: number, b: number): number {
  if (metric === 'bias') return Math.abs(a) - Math.abs(b);
  return isHigherBetter(metric) ? b - a : a - b;
}

function betterOf(metric: string, a: number, b: number): 'a' | 'b' | null {
  const order = compareValues(metric, a, b);
  if (order === 0) return null;
  return order < 0 ? 'a' : 'b';
}

function isBelow(a: Estimate, b: Estimate): boolean {
  return a.high !== null && b.low !== null && a.high < b.low;
}
