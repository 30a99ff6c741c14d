import { z } from 'zod';
import { SpecError, showValue } from '../errors.ts';

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
export function fromIssue(
  issue: z.core.$ZodIssue,
  base: readonly PropertyKey[] = [],
): { field: string; expected: string; got: string }[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: fieldPath([...path, key]),
      expected: 'no such field',
      got: 'it',
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.flatMap((inner) => ({
      field: fieldPath(path),
      expected: inner.message,
      got: showValue(issue.input),
    }));
  }
  return [{ field: fieldPath(path), expected: expectation(issue), got: showValue(issue.input) }];
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.expected}`;
    case 'invalid_value':
      return `one of ${issue.values.map((value) => showValue(value)).join(', ')}`;
    case 'too_small':
      return `at least ${issue.minimum}${issue.origin === 'string' || issue.origin === 'array' ? ' items' : ''}`;
    case 'too_big':
      return `at most ${issue.maximum}${issue.origin === 'string' || issue.origin === 'array' ? ' items' : ''}`;
    default:
      return issue.message;
  }
}

/** `['rows', 3, 'distance']` -> `rows[3].distance`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text ? `${text}.${String(part)}` : String(part),
    '',
  );
}
