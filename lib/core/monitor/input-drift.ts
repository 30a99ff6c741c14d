import { columnDrift } from '../drift/column-drift.ts';
import { driftedPsi, modelDrift } from '../drift/model-drift.ts';
import type { ColumnProfile } from '../drift/profile.ts';
import { columnShares } from '../drift/report.ts';
import type { InputDrift } from './report.ts';
import { isLight } from './weights.ts';

export interface InputDriftOptions {
  /** PSI from which a column has drifted. */
  readonly threshold: number;
  /** Rows a window needs before it is judged. */
  readonly minRows: number;
  /** Column -> share of the model's attribution; null when it is not known. */
  readonly weights: Readonly<Record<string, number>> | null;
  readonly sensitive: readonly string[];
}

/**
 * Drift of a window's inputs, each column by `columnDrift` and all of them together by `modelDrift`, weighed by how
 * much the model relies on each.
 * @param baseline what the window is compared with
 * @param window over the same bins, in the same order
 * @throws BinMismatchError when a column's bins differ
 */
export function inputDrift(
  baseline: readonly ColumnProfile[],
  window: readonly ColumnProfile[],
  { threshold, minRows, weights, sensitive }: InputDriftOptions,
): InputDrift {
  const found = modelDrift(
    baseline.map((profile, index) =>
      columnDrift(profile, window[index] as ColumnProfile, { threshold, minRows }),
    ),
  );
  const columns = found.columns.map((column) => ({
    ...column,
    weight: weights && (weights[column.column] ?? 0),
  }));
  const byName = new Map(columns.map((column) => [column.column, column]));
  // Where weights are not known, every column counts alike.
  const weighed = (name: string) => (byName.get(name)?.weight ?? 1) * (byName.get(name)?.psi ?? 0);
  const heaviest = (names: readonly string[]) => names.toSorted((a, b) => weighed(b) - weighed(a));
  const isLightColumn = (name: string) => isLight(byName.get(name)?.weight ?? null, columns.length);
  const ringing = found.drifted.filter((name) => !isLightColumn(name));
  const judged = columns.some(({ rows, psi }) => psi !== null && rows >= minRows);
  return {
    alarmPsi: judged ? driftedPsi({ drifted: ringing, columns }) : null,
    overall: weightedMean(columns),
    psi: found.psi,
    column: found.column,
    threshold,
    drifted: heaviest(found.drifted),
    shifted: heaviest(found.shifted),
    light: heaviest(found.drifted).filter(isLightColumn),
    columns,
    profiles: baseline.map((profile, index) => columnShares(profile, window[index] as ColumnProfile)),
    sensitive,
  };
}

/** Of the columns' PSI. */
function weightedMean(columns: InputDrift['columns']): number | null {
  const known = columns.filter(({ psi }) => psi !== null);
  const even = known.every(({ weight }) => !weight);
  let [sum, all] = [0, 0];
  for (const { psi, weight } of known) {
    const part = even ? 1 : (weight as number);
    sum += part * (psi as number);
    all += part;
  }
  return all === 0 ? null : sum / all;
}
