import { type Homogeneity, homogeneity } from './homogeneity.ts';
import { jensenShannonDistance } from './jensen-shannon.ts';
import { type KolmogorovSmirnov, kolmogorovSmirnov } from './kolmogorov-smirnov.ts';
import { noiseBound, noisePValue, psiNoise } from './noise.ts';
import { type ColumnProfile, countsOf, sharesOf } from './profile.ts';
import { DRIFTED_PSI, psi } from './psi.ts';
import { requireSameBins } from './same-bins.ts';
import { wasserstein } from './wasserstein.ts';

/** Jensen-Shannon distance from which a sure change is worth saying: that of a normal column moved by a quarter of its deviation. */
const SHIFTED = 0.1;

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
  /** Over the same bins as PSI, in [0, 1]. null as `psi`. */
  readonly jensenShannon: number | null;
  /** Over the same bins as PSI. null as `psi`. */
  readonly chiSquare: Homogeneity | null;
  /** Of the numbers, at the baseline's cuts. null when a side has none, and of levels. */
  readonly kolmogorovSmirnov: KolmogorovSmirnov | null;
  /** In the baseline's standard deviations, see `wasserstein` for null; null of levels, too. */
  readonly wasserstein: number | null;
  /** Of the window. */
  readonly rows: number;
  readonly drifted: boolean;
  readonly verdict: 'stable' | 'shifted' | 'drifted' | 'within-noise' | 'too-few-rows' | 'no-rows';
}

/**
 * Compares a window with the baseline over the baseline's bins. Drifted when PSI reaches the threshold,
 * exceeds what sampling noise explains (`psiNoise`), and the window has enough rows. Shifted when all of that holds but
 * PSI stays below the threshold, and the Jensen-Shannon distance reaches SHIFTED.
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
    return { column, ...UNKNOWN, rows, drifted: false, verdict: 'no-rows' };
  }
  const [before, after] = [countsOf(baseline), countsOf(window)];
  const [expected, actual] = [sharesOf(baseline), sharesOf(window)];
  const value = psi(expected, actual);
  const noise = psiNoise(before, after);
  const bound = noiseBound(noise, confidence);
  const distance = jensenShannonDistance(expected, actual);
  const far = value >= threshold ? 'drifted' : distance >= SHIFTED ? 'shifted' : 'stable';
  const verdict =
    far === 'stable' ? far : rows < minRows ? 'too-few-rows' : value <= bound ? 'within-noise' : far;
  return {
    column,
    psi: value,
    bound,
    pValue: noisePValue(noise, value),
    jensenShannon: distance,
    chiSquare: homogeneity(before, after),
    ...numericDrift(baseline, window),
    rows,
    drifted: verdict === 'drifted',
    verdict,
  };
}

const UNKNOWN = {
  psi: null,
  bound: null,
  pValue: null,
  jensenShannon: null,
  chiSquare: null,
  kolmogorovSmirnov: null,
  wasserstein: null,
};

/** Levels have no order and no distance. */
function numericDrift(baseline: ColumnProfile, window: ColumnProfile) {
  const numbers = baseline.kind === 'number' && window.kind === 'number';
  return {
    kolmogorovSmirnov: numbers ? kolmogorovSmirnov(baseline.counts, window.counts) : null,
    wasserstein: numbers ? wasserstein(baseline, window) : null,
  };
}
