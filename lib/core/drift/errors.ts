import { LeeboardError } from '../errors.ts';

/** Two profiles or share lists do not have the same bins, so they cannot be compared. */
export class BinMismatchError extends LeeboardError {
  override readonly name = 'BinMismatchError';
  constructor(what: string, expected: string, got: string) {
    super(`bins of ${what} must be ${expected}, got ${got}: profile both with the same cuts or levels`);
  }
}
