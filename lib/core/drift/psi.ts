import { InvalidInputError } from '../errors.ts';
import { BinMismatchError } from './errors.ts';

/** PSI from which two distributions are not alike, see `psi`. */
export const DRIFTED_PSI = 0.2;
/** An empty bin counts as this share: its logarithm stays finite. */
const SHARE_FLOOR = 1e-4;

/**
 * Population stability index, in nats; 0 = same shares, >= 0.2 is drift.
 * sum((a - e) * ln(a / e)), shares floored at 1e-4: an empty bin stays finite.
 * Source: Yurdakul and Naranjo, J. Risk Model Validation, 2020.
 * @param expected baseline shares, one per bin, summing to 1
 * @param actual window shares, same bins
 * @throws BinMismatchError when lengths differ
 * @throws InvalidInputError when a share is not in [0, 1]
 */
export function psi(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) {
    throw new BinMismatchError('actual', `${expected.length} shares`, `${actual.length} shares`);
  }
  return expected.reduce((total, share, bin) => {
    requireShare(`expected[${bin}]`, share);
    requireShare(`actual[${bin}]`, actual[bin] as number);
    return total + psiTerm(share, actual[bin] as number);
  }, 0);
}

/** What one bin adds to `psi`. */
export function psiTerm(expected: number, actual: number): number {
  const e = Math.max(expected, SHARE_FLOOR);
  const a = Math.max(actual, SHARE_FLOOR);
  return (a - e) * Math.log(a / e);
}

function requireShare(field: string, share: number): void {
  if (!(share >= 0 && share <= 1)) {
    throw new InvalidInputError([{ field, expected: 'a share in [0, 1]', got: String(share) }]);
  }
}
