import { ToldTruth } from '../api/truth.ts';
import { fieldPath } from '../errors.ts';
import { fromIssue } from '../spec/parse-spec.ts';
import { type StatedTruth, type TruthRules, truthChecker } from './check-truth.ts';

/** What a line (from 1) of a file tells, unchecked; or what it must be to be read at all. */
export type TruthLine = { readonly line: number } & (
  | { readonly told: unknown }
  | { readonly field: string; readonly expected: string }
);

/** A line of a file that is not all right. Without its value: reports hold none. */
export interface LineProblem {
  /** From 1. */
  readonly line: number;
  /** Of the truth; empty when it is the line as a whole. */
  readonly field: string;
  readonly expected: string;
}

export type CheckedLine = { readonly truth: StatedTruth; readonly again: boolean } | readonly LineProblem[];

/**
 * Checks the lines of a file of truths, one after another, as requests are checked.
 * @param now when the file arrived, epoch milliseconds
 */
export function truthLineChecker(rules: TruthRules, now: number): (line: TruthLine) => CheckedLine {
  const check = truthChecker(rules, now);
  return (read) => {
    if (!('told' in read)) return [read];
    const { line, told } = read;
    const parsed = ToldTruth.safeParse(told, { reportInput: true });
    if (!parsed.success) {
      const problems = parsed.error.issues.flatMap((issue) => fromIssue(issue));
      return problems.map(({ field, expected }) => ({ line, field, expected }));
    }
    const checked = check(parsed.data, `line ${line}`);
    if ('truth' in checked) return checked;
    return checked.map(({ path, expected }) => ({ line, field: fieldPath(path), expected }));
  };
}
