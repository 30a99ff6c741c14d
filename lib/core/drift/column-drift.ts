import { showValue } from '../errors.ts';
import { BinMismatchError } from './errors.ts';
import { noiseBound, noisePValue, psiNoise } from './noise.ts';
import { type ColumnProfile, countsOf, sharesOf } from './profile.ts';
import { DRIFTED_PSI, psi } from './psi.ts';

export interface DriftOptions {
  /** PSI from which a column has drifted. @default DRIFTED_PSI */
  readonly threshold?: number;
  /** Rows a window needs before it is judged. @default 200 */
  readonly minRows?: number;
  /** One-sided confidence of `bound`, within (0, 1). @default 0.95 */
  readonly confidence?: number;
}

/** How far a window is from the baseline in one column. Plain JSON. */
export interface ColumnDrift {
  readonly column: string;
  /** In nats. null when the window or the baseline has no row. */
  readonly psi: number | null;
  /** PSI that sampling noise alone stays below with `confidence`. null as `psi`. */
  readonly bound: number | null;
  /** Chance of a PSI this large without drift. null as `psi`. */
  readonly pValue: number | null;
  /** Of the window. */
  readonly rows: number;
  readonly drifted: boolean;
  readonly verdict: 'stable' | 'drifted' | 'within-noise' | 'too-few-rows' | 'no-rows';
}

/**
 * Compares a window with the baseline over the baseline's bins. Drifted when PSI reaches the threshold,
 * exceeds what sampling noise explains (`psiNoise`), and the window has enough rows.
 * Defined answers: all rows in one bin on both sides (constant, all null) is PSI 0; a new level raises
 * `other`, a vanished one empties its bin; null, once absent, is a bin like any other.
 * @throws BinMismatchError when column, kind, cuts or levels differ
 */
export function columnDrift(
  baseline: ColumnProfile,
  window: ColumnProfile,
  { threshold = DRIFTED_PSI, minRows = 200, confidence = 0.95 }: DriftOptions = {},
): ColumnDrift {
  requireSameBins(baseline, window);
  const { column, rows } = window;
  if (rows === 0 || baseline.rows === 0) {
    return { column, psi: null, bound: null, pValue: null, rows, drifted: false, verdict: 'no-rows' };
  }
  const value = psi(sharesOf(baseline), sharesOf(window));
  const noise = psiNoise(countsOf(baseline), countsOf(window));
  const bound = noiseBound(noise, confidence);
  const verdict =
    value < threshold
      ? 'stable'
      : rows < minRows
        ? 'too-few-rows'
        : value <= bound
          ? 'within-noise'
          : 'drifted';
  return {
    column,
    psi: value,
    bound,
    pValue: noisePValue(noise, value),
    rows,
    drifted: verdict === 'drifted',
    verdict,
  };
}

function requireSameBins(baseline: ColumnProfile, window: ColumnProfile): void {
  const expected = describeBins(baseline);
  const got = describeBins(window);
  if (expected !== got) {
    throw new BinMismatchError(`the window of ${baseline.column}`, showValue(expected), showValue(got));
  }
}

function describeBins(profile: ColumnProfile): string {
  const borders = profile.kind === 'number' ? profile.cuts : profile.levels;
  return [profile.kind, profile.column, profile.counts.length, JSON.stringify(borders)].join(' ');
}
