import type { ColumnProfile } from '../drift/profile.ts';
import { adjustedPValues } from '../evaluate/false-discovery.ts';
import { fisherExact } from '../evaluate/fisher-exact.ts';
import { total } from '../figures.ts';
import type { DataQuality } from './report.ts';
import type { ColumnQuality, WindowSummary } from './summary.ts';

/** Share of rises that are none, among those that are reported. */
const FALSE_RISES = 0.01;
/** A rise by less of all rows is certain in a large window, and nothing to anybody. */
const LEAST_RISE = 0.01;

export interface QualityOptions {
  /** That a window needs before a rise is looked for. */
  readonly minRows: number;
  /** Violations a row from which they count. */
  readonly threshold: number;
}

/**
 * Values that the datasets would refuse, and columns that are missing surely more often than in the baseline: by
 * Fisher's exact test, over all columns together by Benjamini and Hochberg, and by a hundredth of the rows at least.
 * @param baseline in the order of the summary's columns
 */
export function dataQuality(
  { columns, quality }: Pick<WindowSummary, 'columns' | 'quality'>,
  baseline: readonly ColumnProfile[],
  { minRows, threshold }: QualityOptions,
): DataQuality {
  const compared = columns
    .map((window, index) => ({ window, before: baseline[index] as ColumnProfile }))
    .filter(({ window }) => window.rows >= minRows);
  const chances = adjustedPValues(
    compared.map(({ window, before }) => fisherExact(missingOf(window), missingOf(before))),
  );
  const risen = compared
    .map(({ window, before }) => ({
      column: window.column,
      before: before.missing / before.rows,
      now: window.missing / window.rows,
    }))
    .filter(
      ({ before, now }, index) => (chances[index] as number) <= FALSE_RISES && now - before >= LEAST_RISE,
    );
  return {
    violations: total(quality.map(violations)),
    threshold,
    columns: quality.filter((column) => violations(column) > 0).sort((a, b) => violations(b) - violations(a)),
    missing: risen.sort((a, b) => b.now - b.before - (a.now - a.before)),
  };
}

/** Values of a column that its dataset would refuse. */
export function violations({ nulls, types, ranges }: ColumnQuality): number {
  return nulls + types + ranges;
}

const missingOf = ({ missing, rows }: ColumnProfile) => ({ hits: missing, trials: rows });
