import { type ColumnProfile, type NumericProfile, watchedInputs, windowDrift } from '../drift/index.ts';
import type { LoggedPrediction } from '../serve/answer.ts';
import type { WindowSummary } from './summary.ts';

/** What the rows of a window, or of a part of one, come to. */
export function countRows(
  rows: readonly LoggedPrediction[],
  compared: readonly ColumnProfile[],
): WindowSummary {
  const answered = rows.filter(({ variant }) => variant !== 'shadow');
  const inputs = watchedInputs(answered, compared);
  const versions: Record<string, number> = {};
  for (const { version } of answered) versions[version] = (versions[version] ?? 0) + 1;
  return {
    rows: answered.length,
    versions,
    newest: answered.reduce<string | null>((newest, { at }) => (newest && newest > at ? newest : at), null),
    compared: inputs.length,
    columns: windowDrift(compared, inputs, {}).windows,
    quality: [],
    latency: [],
    sample: [],
  };
}

/** Of parts that share no row. */
export function mergeCounts(parts: readonly WindowSummary[]): WindowSummary {
  const [first, ...others] = parts as [WindowSummary, ...WindowSummary[]];
  return others.reduce(mergeTwo, first);
}

function mergeTwo(a: WindowSummary, b: WindowSummary): WindowSummary {
  const versions = { ...a.versions };
  for (const [version, rows] of Object.entries(b.versions))
    versions[version] = (versions[version] ?? 0) + rows;
  return {
    ...a,
    rows: a.rows + b.rows,
    versions,
    newest: a.newest && b.newest ? (a.newest > b.newest ? a.newest : b.newest) : (a.newest ?? b.newest),
    compared: a.compared + b.compared,
    columns: a.columns.map((column, index) => mergeColumns(column, b.columns[index] as ColumnProfile)),
  };
}

function mergeColumns(a: ColumnProfile, b: ColumnProfile): ColumnProfile {
  const counts = a.counts.map((count, bin) => count + (b.counts[bin] as number));
  const both = { counts, missing: a.missing + b.missing, rows: a.rows + b.rows };
  if (a.kind === 'category' && b.kind === 'category') return { ...a, ...both, other: a.other + b.other };
  const { spread: _, ...shape } = a as NumericProfile;
  return { ...shape, ...both };
}
