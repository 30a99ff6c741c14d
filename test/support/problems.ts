import type { FieldProblem } from '#core/errors.ts';

/** The problems that `refused` is thrown with, by an error of the given name; fails when nothing is thrown. */
export function problemsOf(
  name: 'SpecError' | 'InvalidInputError',
  refused: () => unknown,
): readonly FieldProblem[] {
  try {
    refused();
  } catch (error) {
    const { name: got, problems } = error as { name: string; problems: readonly FieldProblem[] };
    if (got !== name) throw error;
    return problems;
  }
  throw new Error(`expected ${name}, got nothing`);
}
