import type { ColumnDrift } from './column-drift.ts';

export interface ModelDriftOptions {
  /**
   * Share of windows without drift in which a column may be reported, within (0, 1). 0.01 leaves room for what the
   * noise of sparse bins is not known to: of 20 columns at 200 rows it comes to 0.02 in simulations, and 0.05 to 0.09.
   * @default 0.01
   */
  readonly falseAlarms?: number;
}

/** How far a window is from the baseline over all columns. Plain JSON. */
export interface ModelDrift {
  /** The largest PSI of a column, in nats; null when no column has one. */
  readonly psi: number | null;
  /** The column of that PSI. */
  readonly column: string | null;
  /** Columns that drifted and still stand when all columns are judged together, from the largest PSI. */
  readonly drifted: readonly string[];
  /** Those that shifted, likewise: surely other than the baseline, by less than the threshold. */
  readonly shifted: readonly string[];
  readonly columns: readonly ColumnDrift[];
}

/**
 * Sums up a model's columns. With many columns some exceed their noise bound by chance, so a drifted
 * or shifted column is reported only when its p-value is also among those that Benjamini and Hochberg's step-up
 * rule rejects over all columns.
 * Source: Benjamini and Hochberg, JRSS B 57, 1995.
 */
export function modelDrift(
  columns: readonly ColumnDrift[],
  { falseAlarms = 0.01 }: ModelDriftOptions = {},
): ModelDrift {
  const ranked = columns
    .filter((column) => column.psi !== null)
    .sort((a, b) => (b.psi as number) - (a.psi as number));
  const limit = rejectionLimit(
    ranked.map(({ pValue }) => pValue as number),
    falseAlarms,
  );
  const standing = (verdict: ColumnDrift['verdict']) =>
    ranked
      .filter((column) => column.verdict === verdict && (column.pValue as number) <= limit)
      .map(({ column }) => column);
  return {
    psi: ranked[0]?.psi ?? null,
    column: ranked[0]?.column ?? null,
    drifted: standing('drifted'),
    shifted: standing('shifted'),
    columns,
  };
}

/** The largest PSI among the drifted columns, in nats; 0 when none drifted, whatever sampling noise shows. */
export function driftedPsi({ drifted, columns }: Pick<ModelDrift, 'drifted' | 'columns'>): number {
  const values = columns.filter(({ column }) => drifted.includes(column)).map(({ psi }) => psi ?? 0);
  return Math.max(0, ...values);
}

/** The largest p-value that is rejected; -1 when none is. */
function rejectionLimit(pValues: readonly number[], falseAlarms: number): number {
  const rising = [...pValues].sort((a, b) => a - b);
  return rising.findLast((pValue, index) => pValue <= (falseAlarms * (index + 1)) / rising.length) ?? -1;
}
