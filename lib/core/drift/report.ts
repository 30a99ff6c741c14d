import { type ColumnProfile, sharesOf } from './profile.ts';

/** What `monitor-model` came to. */
export interface Monitored {
  /** Compared with the baseline. */
  readonly rows: number;
  /** The largest of a column, in nats; null as the keys: nothing to compare. */
  readonly psi: number | null;
  /** The column of that PSI. */
  readonly column: string | null;
  readonly drifted: readonly string[];
  readonly shifted: readonly string[];
  /** Of the report in the store. */
  readonly reportKey: string | null;
  /** Of the report as a page. */
  readonly pageKey: string | null;
}

/** A column's bins, then and now. */
export interface ColumnShares {
  readonly baseline: {
    readonly rows: number;
    /** As `sharesOf` gives them: missing (and other) last. */
    readonly shares: readonly number[];
  };
  /** Without its sketch: of few rows, that is the rows. */
  readonly window: ColumnProfile;
}

export function columnShares(baseline: ColumnProfile, window: ColumnProfile): ColumnShares {
  return { baseline: { rows: baseline.rows, shares: sharesOf(baseline) }, window: withoutSketch(window) };
}

function withoutSketch(profile: ColumnProfile): ColumnProfile {
  if (profile.kind === 'category') return profile;
  const { sketch: _, ...counts } = profile;
  return counts;
}
