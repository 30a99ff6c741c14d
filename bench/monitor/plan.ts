import type { ColumnDrift } from '#core/drift/column-drift.ts';

/** What both sides compare: two Parquet files with the columns of `data.ts`. */
export interface DriftPlan {
  readonly reference: string;
  readonly current: string;
  readonly numbers: readonly string[];
  readonly levels: readonly string[];
}

export interface DriftCost {
  /** Seconds from before the files are opened to the drift of every column. */
  readonly total: number;
  /** Of it, from the stored baseline on: what monitoring does once a window. Ours alone keeps one. */
  readonly windowTotal?: number;
  /** Seconds of processor time of the whole process. */
  readonly cpu: number;
  /** `VmHWM` of the whole process. */
  readonly peakMb: number;
  readonly version: string;
}

/** One value a statistic, of a column. */
export interface DriftValues {
  readonly psi: number;
  readonly jensenShannon: number;
  readonly chiSquare: number;
  /** Of columns of numbers. */
  readonly kolmogorovSmirnov?: number;
  /** At the bins' borders: what ours is. */
  readonly kolmogorovSmirnovAtCuts?: number;
  readonly wasserstein?: number;
}

export type DriftFound = DriftCost & { readonly columns: Readonly<Record<string, DriftValues>> };

export const valuesOf = (drift: ColumnDrift): DriftValues => ({
  psi: drift.psi as number,
  jensenShannon: drift.jensenShannon as number,
  chiSquare: drift.chiSquare?.statistic as number,
  ...(drift.kolmogorovSmirnov && {
    kolmogorovSmirnov: drift.kolmogorovSmirnov.statistic,
    kolmogorovSmirnovAtCuts: drift.kolmogorovSmirnov.statistic,
    wasserstein: drift.wasserstein as number,
  }),
});
