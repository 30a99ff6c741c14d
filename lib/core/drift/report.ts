import { figure } from '../figures.ts';
import type { ModelDrift } from './model-drift.ts';
import { type ColumnProfile, sharesOf } from './profile.ts';
import type { WindowDrift } from './window-drift.ts';

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

/** `reports/<model>/drift/<asOf>.json`. Shares and counts, never rows; nothing of sensitive columns but their names. */
export interface DriftReport extends ModelDrift {
  readonly format: 1;
  readonly model: string;
  /** Whose training rows are the baseline. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** PSI from which a column has drifted, in nats. */
  readonly threshold: number;
  /** Rows that a window needs before it is judged. */
  readonly minRows: number;
  /** In the order of `columns`. */
  readonly profiles: readonly ColumnShares[];
  /** Columns that are not compared: the log has hashes of them, or nothing. */
  readonly sensitive: readonly string[];
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

/** @param baseline profiles that `drift` was found against, in the order of its columns */
export function driftReport(
  facts: Pick<
    DriftReport,
    'model' | 'version' | 'from' | 'to' | 'rows' | 'threshold' | 'minRows' | 'sensitive'
  >,
  baseline: readonly ColumnProfile[],
  { windows, ...drift }: WindowDrift,
): DriftReport {
  const profiles = windows.map((window, index) => columnShares(baseline[index] as ColumnProfile, window));
  return { format: 1, ...facts, ...drift, profiles };
}

export function columnShares(baseline: ColumnProfile, window: ColumnProfile): ColumnShares {
  return { baseline: { rows: baseline.rows, shares: sharesOf(baseline) }, window: withoutSketch(window) };
}

/** Columns that a sentence names; the others are counted. */
const NAMED = 3;

/** A report in one sentence. */
export function driftVerdict({ rows, minRows, threshold, drifted, shifted, columns }: DriftReport): string {
  if (rows < minRows) {
    return `${counted(rows, 'row')} cannot be judged: a window needs at least ${minRows}.`;
  }
  const also = shifted.length === 0 ? '' : ` Below that, ${told('shifted', shifted, columns)}.`;
  if (drifted.length === 0) {
    return `No column has drifted: none has a PSI of ${figure(threshold)} or more that sampling noise does not explain.${also}`;
  }
  return `${told('drifted', drifted, columns)}.${also}`;
}

function told(what: string, names: readonly string[], columns: DriftReport['columns']): string {
  const named = names.slice(0, NAMED).map((name) => {
    const psi = columns.find(({ column }) => column === name)?.psi ?? 0;
    return `${name} (PSI ${figure(psi)})`;
  });
  const others = names.length - named.length;
  const list = [...named, ...(others > 0 ? [counted(others, 'other')] : [])];
  const last = list.pop();
  return `${names.length} of ${counted(columns.length, 'column')} ${names.length === 1 ? 'has' : 'have'} ${what}: ${
    list.length > 0 ? `${list.join(', ')} and ` : ''
  }${last}`;
}

function withoutSketch(profile: ColumnProfile): ColumnProfile {
  if (profile.kind === 'category') return profile;
  const { sketch: _, ...counts } = profile;
  return counts;
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;
