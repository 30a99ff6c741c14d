import { InvalidInputError } from '../errors.ts';

/** @throws InvalidInputError when `holds` is false */
export function requireOption(field: string, value: number, holds: boolean, expected: string): void {
  if (!holds) throw new InvalidInputError([{ field, expected, got: String(value) }]);
}

export function requireConfidence(confidence: number): void {
  requireOption('confidence', confidence, confidence > 0 && confidence < 1, 'a number within (0, 1)');
}

export function requireBins(bins: number): void {
  requireOption('bins', bins, Number.isInteger(bins) && bins >= 1, 'a whole number of at least 1');
}
