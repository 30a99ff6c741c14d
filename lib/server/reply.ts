import { INTERNAL_ERROR, problemDocument } from '#core/serve/problem-document.ts';

/** What is sent back. */
export interface Reply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

export function jsonReply(status: number, body: unknown, headers: Reply['headers'] = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/**
 * The problem document of an error; faults of ours say nothing of themselves.
 * @param report takes an error that is a fault of ours
 */
export function problemReply(error: unknown, report: (error: Error) => void): Reply {
  const problem = problemDocument(error);
  if (!problem) report(error instanceof Error ? error : new Error(String(error)));
  const document = problem ?? INTERNAL_ERROR;
  const headers = { 'content-type': 'application/problem+json' };
  return { status: document.status, headers, body: JSON.stringify(document) };
}
