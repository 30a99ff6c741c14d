import type { HostileBody } from './hostile-bodies.ts';

/** What is wrong with an answer to a hostile body; undefined when it is as it must be. */
export function judgeRefusal(
  { kind, status, field }: HostileBody,
  answer: { readonly status: number; readonly type: string | null; readonly body: string },
): string | undefined {
  const wrong = (what: string) => `${kind}: ${what}: ${answer.status} ${answer.body.slice(0, 300)}`;
  if (answer.status !== status) return wrong(`expected ${status}`);
  if (answer.type !== 'application/problem+json') return wrong('expected a problem document');
  const problem = JSON.parse(answer.body) as { status: number; detail: string; errors?: { field: string }[] };
  if (problem.status !== status || !problem.detail) return wrong('expected status and detail');
  if (status !== 422) return undefined;
  const fields = (problem.errors ?? []).map((error) => error.field);
  if (fields.length === 0) return wrong('expected a field path');
  return field === undefined || fields.includes(field) ? undefined : wrong(`expected the field ${field}`);
}
