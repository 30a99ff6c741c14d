import { superiority } from '../evaluate/index.ts';
import type { LossSettings } from '../evaluate/losses.ts';
import type { Prediction } from '../serve/answer.ts';
import type { Actual } from '../serve/truth.ts';
import type { ComparedMetric, Task } from '../spec/task.ts';
import type { TruthComparison } from './report.ts';

const CONFIDENCE = 0.95;
const METRICS = {
  binary: ['logLoss', 'brier', 'auc'],
  multiclass: ['logLoss', 'brier'],
  regression: ['mse', 'mae'],
} as const satisfies Record<Task, readonly ComparedMetric[]>;

/** A row whose truth is in, what was answered and what would have been. */
export interface JudgedRow {
  readonly before: Prediction;
  readonly after: Prediction;
  readonly actual: Actual;
}

/**
 * Which answers were nearer to what happened, paired on the same rows.
 * @param judge the metric that the model is chosen by, and what its loss needs
 * @returns null without rows
 */
export function compareOnTruth(
  task: Task,
  rows: readonly JudgedRow[],
  judge: Omit<LossSettings, 'classes'> & { readonly metric: Exclude<ComparedMetric, 'auc'> },
): TruthComparison | null {
  if (rows.length === 0) return null;
  const classes = classesOf(task, rows);
  const labels = rows.map(({ actual }) =>
    task === 'multiclass' ? classes.indexOf(String(actual)) : Number(actual),
  );
  const scores = (side: 'before' | 'after') => rows.flatMap((row) => numbersOf(row[side], classes));
  const compared = { task, labels, champion: scores('before'), challenger: scores('after'), classes };
  const metrics = [...new Set<ComparedMetric>([judge.metric, ...METRICS[task]])].map((metric) => {
    const paired = superiority({ ...judge, ...compared, metric, confidence: CONFIDENCE });
    const { champion: before, challenger: after, difference, bound } = paired;
    return { metric, before, after, difference, bound };
  });
  const right = (side: 'before' | 'after') =>
    task === 'regression' ? null : rows.filter((row) => isRight(row[side], row.actual)).length / rows.length;
  return { rows: rows.length, right: { before: right('before'), after: right('after') }, metrics };
}

/** A sentence on the metric that the model is chosen by. */
export function truthVerdict(name: string, { rows, metrics }: TruthComparison): string {
  const of = `of the ${rows} rows whose truth is in`;
  const [chosen] = metrics;
  if (!chosen || chosen.before === null || chosen.after === null || chosen.difference === null)
    return `Nothing can be said ${of}: they do not define ${chosen?.metric}.`;
  const { metric, before, after, difference, bound } = chosen;
  const values = `${metric} ${show(after)} against ${show(before)} ${of}`;
  if (difference === 0) return `${name} has the same ${values}.`;
  if (bound !== null && bound < 0)
    return `${name} is better: ${values}, lower by at least ${show(-bound)} (95 % confidence).`;
  const lower = bound === null ? null : 2 * difference - bound;
  if (lower !== null && lower > 0)
    return `${name} is worse: ${values}, higher by at least ${show(lower)} (95 % confidence).`;
  return `Neither is surely better: ${name} has ${values}, which chance can explain (95 % confidence).`;
}

function classesOf(task: Task, rows: readonly JudgedRow[]): string[] {
  if (task !== 'multiclass') return [];
  const named = rows.flatMap(({ before, after, actual }) => [
    ...probabilitiesOf(before),
    ...probabilitiesOf(after),
    String(actual),
  ]);
  return [...new Set(named)].sort();
}

const probabilitiesOf = (answer: Prediction) =>
  'probabilities' in answer ? Object.keys(answer.probabilities) : [];

/** A class that a version does not know has probability 0. */
function numbersOf(answer: Prediction, classes: readonly string[]): number[] {
  if ('probability' in answer) return [answer.probability];
  if ('value' in answer) return [answer.value];
  return classes.map((name) => answer.probabilities[name] ?? 0);
}

function isRight(answer: Prediction, actual: Actual): boolean {
  return ('positive' in answer ? answer.positive : 'label' in answer ? answer.label : undefined) === actual;
}

const show = (value: number) => String(Number(value.toPrecision(4)));
