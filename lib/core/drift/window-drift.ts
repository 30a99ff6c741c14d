import type { Value } from '../expression/index.ts';
import { type ColumnDrift, columnDrift, type DriftOptions } from './column-drift.ts';
import { type ModelDrift, modelDrift } from './model-drift.ts';
import { type ColumnProfile, categoricalProfile, numericProfile } from './profile.ts';

/** Drift of a window of logged inputs against a version's baseline, each column over the baseline's bins. */
export function windowDrift(
  baseline: readonly ColumnProfile[],
  rows: readonly Readonly<Record<string, Value | undefined>>[],
  options: DriftOptions,
): ModelDrift {
  const columns: ColumnDrift[] = baseline.map((profile) => {
    const values = rows.map((row) => row[profile.column] ?? null);
    const window =
      profile.kind === 'number'
        ? numericProfile(profile.column, profile.cuts, values as (number | null)[])
        : categoricalProfile(
            profile.column,
            profile.levels,
            values.map((value) => (value === null ? null : String(value))),
          );
    return columnDrift(profile, window, options);
  });
  return modelDrift(columns);
}
