import type { Value } from '../expression/index.ts';
import { columnDrift, type DriftOptions } from './column-drift.ts';
import { type ModelDrift, modelDrift } from './model-drift.ts';
import type { ColumnProfile } from './profile.ts';
import { windowProfile } from './window-profile.ts';

/** What was found, and what it was found in. */
export interface WindowDrift extends ModelDrift {
  /** The window's, over the baseline's bins, in the order of `columns`. */
  readonly windows: readonly ColumnProfile[];
}

/** Drift of a window of logged inputs against a version's baseline, each column over the baseline's bins. */
export function windowDrift(
  baseline: readonly ColumnProfile[],
  rows: readonly Readonly<Record<string, Value | undefined>>[],
  options: DriftOptions,
): WindowDrift {
  const windows = baseline.map((profile) =>
    windowProfile(
      profile,
      rows.map((row) => row[profile.column]),
    ),
  );
  const columns = baseline.map((profile, index) =>
    columnDrift(profile, windows[index] as ColumnProfile, options),
  );
  return { ...modelDrift(columns), windows };
}
