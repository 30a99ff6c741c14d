import { type FieldProblem, LeeboardError } from '#core/errors.ts';

/** What the API says of a request that it does not answer, as far as it says it (RFC 9457). */
export interface ApiProblem {
  readonly type?: string;
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
}

/** The API refused: its problem document's sentence. */
export class ApiError extends LeeboardError {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly problem: ApiProblem;
  constructor(status: number, problem: ApiProblem) {
    super(problem.detail ?? `the API answered ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** A pipeline's execution did not succeed. */
export class RunFailedError extends LeeboardError {
  override readonly name = 'RunFailedError';
}
