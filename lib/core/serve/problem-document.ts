import {
  ConflictError,
  type FieldProblem,
  InvalidInputError,
  LeeboardError,
  NotFoundError,
} from '../errors.ts';

/** Statuses of requests that cannot be read: their body, size, method or media type. */
export type UnreadableStatus = 400 | 405 | 406 | 413 | 415;

/** The request is none: its body is not JSON, it is too large, or of a type, encoding or method that nothing takes. */
export class BadRequestError extends LeeboardError {
  override readonly name = 'BadRequestError';
  readonly status: UnreadableStatus;
  constructor(status: UnreadableStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** Nothing was promoted yet, so nothing can answer. */
export class NotReadyError extends LeeboardError {
  override readonly name = 'NotReadyError';
}

/** An error as RFC 9457 describes it, `application/problem+json`. */
export interface ProblemDocument {
  /** `urn:leeboard:problem:` and the error's stable name. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Each wrong field: where, what was expected, what came. */
  readonly errors?: readonly FieldProblem[];
}

/** The document for an error that is the caller's to mend; undefined when the fault is ours. */
export function problemDocument(error: unknown): ProblemDocument | undefined {
  if (error instanceof InvalidInputError) {
    return { ...head(error, 422, 'The request has wrong fields'), errors: error.problems };
  }
  if (error instanceof NotFoundError) return head(error, 404, 'There is no such thing');
  if (error instanceof BadRequestError) return head(error, error.status, 'The request cannot be read');
  if (error instanceof ConflictError) return head(error, 409, 'The state of things does not allow it');
  if (error instanceof NotReadyError) return head(error, 409, 'The model has no champion yet');
  return undefined;
}

/** What is said of a fault of ours: nothing of itself. */
export const INTERNAL_ERROR: ProblemDocument = {
  type: 'urn:leeboard:problem:InternalError',
  title: 'Internal error',
  status: 500,
  detail: 'Something failed on our side; it was logged.',
};

function head(error: LeeboardError, status: number, title: string): ProblemDocument {
  return { type: `urn:leeboard:problem:${error.name}`, title, status, detail: error.message };
}
