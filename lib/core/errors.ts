/**
 * Every error Leeboard throws on purpose. `name` is the Catch key in the state machines and the
 * `type` of a problem document: never rename one.
 */
export abstract class LeeboardError extends Error {
  abstract override readonly name: string;
}

/** A spec file is wrong: `file` (when known), field, value and what was expected. */
export class SpecError extends LeeboardError {
  override readonly name = 'SpecError';
  readonly problems: readonly FieldProblem[];
  constructor(subject: string, problems: readonly FieldProblem[]) {
    super(`${subject}\n${problems.map((problem) => `  ${describeProblem(problem)}`).join('\n')}`);
    this.problems = problems;
  }
}

/** Input from outside does not fit: names each field, what it got and what was expected. */
export class InvalidInputError extends LeeboardError {
  override readonly name = 'InvalidInputError';
  readonly problems: readonly FieldProblem[];
  constructor(problems: readonly FieldProblem[]) {
    super(problems.map(describeProblem).join('; '));
    this.problems = problems;
  }
}

/** Something asked for by name does not exist. */
export class NotFoundError extends LeeboardError {
  override readonly name = 'NotFoundError';
}

/** Another writer was first: read again, then decide. */
export class ConflictError extends LeeboardError {
  override readonly name = 'ConflictError';
}

/** The training lease is another run's by now: whoever holds the old token must stop and change nothing. */
export class LeaseLostError extends LeeboardError {
  override readonly name = 'LeaseLostError';
}

/** Stored bytes are not the bytes that were approved or recorded. */
export class IntegrityError extends LeeboardError {
  override readonly name = 'IntegrityError';
  constructor(what: string, expectedSha256: string, gotSha256: string) {
    super(
      `${what}: sha256 must be ${expectedSha256}, got ${gotSha256}: it was changed after it was recorded`,
    );
  }
}

/** A version cannot answer: its bundle did not load, or what it gives is not a score a row. */
export class UnusableVersionError extends LeeboardError {
  override readonly name = 'UnusableVersionError';
}

/** There is not enough data, or not the right data, to train: says what is missing in numbers. */
export class NotFeasibleError extends LeeboardError {
  override readonly name = 'NotFeasibleError';
}

/** Nobody at the other end took it: worth another try. */
export class DeliveryError extends LeeboardError {
  override readonly name = 'DeliveryError';
}

/** A service could not be reached, or the connection broke off: worth another try. */
export class UnreachableError extends LeeboardError {
  override readonly name = 'UnreachableError';
}

/** One field that is wrong. `field` is a path such as `rows[3].distance`. */
export interface FieldProblem {
  readonly field: string;
  readonly expected: string;
  readonly got: string;
}

function describeProblem({ field, expected, got }: FieldProblem): string {
  return `${field || '(top level)'}: expected ${expected}, got ${got}`;
}

/** A value as an error message shows it: JSON, at most 80 characters. Never throws. */
export function showValue(value: unknown): string {
  return clip(asText(value), 80);
}

/** `['rows', 3, 'distance']` -> `rows[3].distance`; what is no identifier is quoted: `rows[3]["a b"]`. */
export function fieldPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const name = String(part);
    if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `${text}[${JSON.stringify(clip(name, 80))}]`;
    return (text ? `${text}.` : '') + clip(name, 80);
  }, '');
}

function asText(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    try {
      return JSON.stringify(value) ?? 'an object';
    } catch {
      // Circular, or nested deeper than the stack: a request may be.
      return Array.isArray(value) ? 'an array' : 'an object';
    }
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 3)}...` : text;
}
