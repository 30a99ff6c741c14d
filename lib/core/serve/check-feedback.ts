import type { ToldTruth } from '../api/truth.ts';
import { type FieldProblem, fieldPath, InvalidInputError } from '../errors.ts';
import { type StatedTruth, type TruthRules, truthChecker } from './check-truth.ts';

/** Problems named in one answer. */
const MAX_PROBLEMS = 20;

/**
 * Checks the truths of one request.
 * @param now epoch milliseconds
 * @returns each truth once, and how many were more than one
 * @throws InvalidInputError naming the first 20 wrong fields
 */
export function checkFeedback(
  rules: TruthRules,
  told: readonly ToldTruth[],
  now: number,
): { readonly truths: readonly StatedTruth[]; readonly repeated: number } {
  const check = truthChecker(rules, now);
  const truths: StatedTruth[] = [];
  const problems: FieldProblem[] = [];
  for (const [index, one] of told.entries()) {
    const place = ['truths', index] as const;
    const checked = check(one, fieldPath(place));
    if ('truth' in checked) {
      if (!checked.again) truths.push(checked.truth);
    } else {
      problems.push(
        ...checked.map(({ path, ...rest }) => ({ field: fieldPath([...place, ...path]), ...rest })),
      );
    }
    if (problems.length >= MAX_PROBLEMS) break;
  }
  if (problems.length > 0) throw new InvalidInputError(problems.slice(0, MAX_PROBLEMS));
  return { truths, repeated: told.length - truths.length };
}
