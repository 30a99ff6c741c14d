import { type ColumnProfile, categoricalProfile, decileCuts, numericProfile } from '../drift/profile.ts';
import { topClass } from '../evaluate/top-class.ts';
import type { Signature } from '../serve/signature.ts';
import type { Actual } from '../serve/truth.ts';

/**
 * What a version looked like when it was judged, beside the inputs' baseline: on its test rows. In `evaluation.json` as
 * `reference`; versions of before have none, and then what needs it is not watched.
 */
export interface MonitoringReference {
  readonly rows: number;
  /** Binary: of the probability; regression: of the value; multiclass: of the label that is answered. Column name `prediction`. */
  readonly scores: ColumnProfile;
  /** Of the label: levels of classes, `true`/`false`, or numbers. Column name: `label`. */
  readonly label: ColumnProfile;
  /** Feature -> mean |SHAP value| of the margins (over classes: summed), on at most 1,000 evenly spaced test rows. */
  readonly attribution: Readonly<Record<string, number>>;
}

/** Levels that are told apart, as of a baseline's columns; the rest are `other`. */
const LEVELS = 50;

/**
 * @param labels 0 or 1, the index of the class, or the number itself, a row
 * @param scores of the same rows, rows x outputs, as they are answered
 */
export function monitoringReference(
  signature: Pick<Signature, 'task' | 'classes'>,
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  attribution: MonitoringReference['attribution'],
): MonitoringReference {
  const { task, classes } = signature;
  const actualOf = (label: number): Actual =>
    classes ? (classes[label] as string) : task === 'binary' ? label === 1 : label;
  return {
    rows: labels.length,
    scores: profileOf('prediction', answersOf(scores, classes)),
    label: profileOf('label', Array.from(labels, actualOf)),
    attribution,
  };
}

function answersOf(scores: ArrayLike<number>, classes: Signature['classes']): (number | string)[] {
  if (!classes) return Array.from(scores);
  const rows = scores.length / classes.length;
  return Array.from({ length: rows }, (_, row) => classes[topClass(scores, row, classes.length)] as string);
}

function profileOf(column: string, values: readonly Actual[]): ColumnProfile {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) return numericProfile(column, decileCuts(numbers), numbers);
  const rows = new Map<string, number>();
  for (const value of values.map(String)) rows.set(value, (rows.get(value) ?? 0) + 1);
  // The most frequent first, equals by code unit: the same whatever the machine.
  const levels = [...rows]
    .sort(([a, often], [b, seldom]) => seldom - often || (a < b ? -1 : 1))
    .map(([level]) => level);
  return categoricalProfile(column, levels.slice(0, LEVELS), values.map(String));
}
