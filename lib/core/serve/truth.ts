import type { Row } from '../expression/index.ts';

/** What a label can be: a condition (binary), a class (multiclass) or a number (regression). */
export type Actual = boolean | string | number;

/** What really happened, as it came: one line of a file under `truth/<model>/`. */
export interface Truth {
  readonly model: string;
  /** A logged row's id (`<uuid>#0`), or the key and time columns of the dataset. */
  readonly of: { readonly id: string } | { readonly key: Row };
  readonly actual: Actual;
  /** When it came, ISO 8601, UTC. */
  readonly at: string;
  /** Where from: `feedback`, a dropped file's key, `flights@5`. */
  readonly source: string;
}
