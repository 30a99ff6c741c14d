import { z } from 'zod';
import { type FieldProblem, fieldPath, SpecError, showValue } from '../errors.ts';

/** Names of datasets and models: they become keys, metrics and addresses. */
export const Name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    'lower-case letters, digits and -, at most 63, first a letter or digit',
  );

/** Something wrong with one field, found by a rule that zod cannot say. */
export interface SpecProblem {
  readonly field: string;
  readonly expected: string;
  readonly value: unknown;
}

/**
 * Parses a spec's shape, then its own rules.
 * @throws SpecError with every problem found: field, value, what was expected
 */
export function parseSpec<Shape extends z.ZodType>(
  shape: Shape,
  input: unknown,
  subject: string,
  rules: (spec: z.output<Shape>) => Iterable<SpecProblem>,
): z.output<Shape> {
  const parsed = shape.safeParse(input, { reportInput: true });
  if (!parsed.success)
    throw new SpecError(
      subject,
      parsed.error.issues.flatMap((issue) => fromIssue(issue)),
    );
  const problems = [...rules(parsed.data)];
  if (problems.length > 0) {
    throw new SpecError(
      subject,
      problems.map(({ field, expected, value }) => ({ field, expected, got: showValue(value) })),
    );
  }
  return parsed.data;
}

/** A zod issue as field problems; the nearest branch of a union speaks for it. */
export function fromIssue(issue: z.core.$ZodIssue, base: readonly PropertyKey[] = []): FieldProblem[] {
  const path = [...base, ...issue.path];
  const problem = (expected: string, value: unknown, at = path): FieldProblem => ({
    field: fieldPath(at),
    expected,
    got: showValue(value),
  });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) =>
        problem('no such field', (issue.input as Record<string, unknown>)[key], [...path, key]),
      );
    case 'invalid_key':
      return issue.issues.map((inner) => problem(inner.message, issue.input));
    case 'invalid_union': {
      if (issue.discriminator !== undefined) return [problem(oneOf(tagsOf(issue)), tagOf(issue))];
      // A branch that fails inside the value has the right kind of value; the shortest has the fewest mistakes.
      const [nearest] = issue.errors
        .filter((branch) => branch.every((inner) => inner.path.length > 0))
        .sort((a, b) => a.length - b.length);
      if (nearest) return nearest.flatMap((inner) => fromIssue(inner, path));
      const branches = issue.errors.flatMap((branch) => branch.map(expectation));
      return [problem([...new Set(branches)].join(' or '), issue.input)];
    }
    default:
      return [problem(expectation(issue), issue.input)];
  }
}

const TYPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return oneOf(issue.values);
    case 'too_small':
      return `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

function unitOf(origin: string): string {
  return { string: ' characters', array: ' items' }[origin] ?? '';
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1 ? showValue(values[0]) : `one of ${values.map(showValue).join(', ')}`;
}

type UnionIssue = Extract<z.core.$ZodIssue, { code: 'invalid_union' }>;

const tagsOf = (issue: UnionIssue) => (issue as { options?: readonly unknown[] }).options ?? [];

const tagOf = ({ input, discriminator = '' }: UnionIssue) =>
  (input as Record<string, unknown>)[discriminator];
