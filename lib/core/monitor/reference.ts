import type { ColumnProfile } from '../drift/index.ts';

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
