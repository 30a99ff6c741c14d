import { showValue } from '../errors.ts';
import { BinMismatchError } from './errors.ts';
import type { ColumnProfile } from './profile.ts';

/** @throws BinMismatchError when column, kind, cuts or levels differ */
export function requireSameBins(expected: ColumnProfile, got: ColumnProfile): void {
  const [bins, others] = [describeBins(expected), describeBins(got)];
  if (bins !== others) {
    throw new BinMismatchError(`the window of ${expected.column}`, showValue(bins), showValue(others));
  }
}

function describeBins(profile: ColumnProfile): string {
  const borders = profile.kind === 'number' ? profile.cuts : profile.levels;
  return [profile.kind, profile.column, profile.counts.length, JSON.stringify(borders)].join(' ');
}
