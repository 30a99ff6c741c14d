import { type ColumnProfile, categoricalProfile, decileCuts, numericProfile } from '../drift/profile.ts';
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
 * @param answered of each test row: a probability, a value, or the class that is answered
 * @param labels of the same rows
 */
export function monitoringReference(
  answered: readonly (number | string)[],
  labels: readonly Actual[],
  attribution: MonitoringReference['attribution'],
): MonitoringReference {
  return {
    rows: answered.length,
    scores: profileOf('prediction', answered),
    label: profileOf('label', labels),
    attribution,
  };
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
