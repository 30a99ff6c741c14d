import { DeliveryError } from '#core/errors.ts';

/**
 * Posts a document; of the answer only the status counts, and a redirect is none: it could lead anywhere.
 * @param target says in errors what the URL, a secret, must not
 * @throws DeliveryError when it is not answered with 2xx in time
 */
export async function postJson(url: URL, target: string, document: object, timeoutMs: number): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(document),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    // Not as the cause: what fetch says may show the URL.
    throw new DeliveryError(`${target} must answer within ${timeoutMs} ms, got ${codeOf(error)}`);
  }
  await answer.body?.cancel();
  if (!answer.ok) throw new DeliveryError(`${target} must answer 2xx, got ${answer.status}`);
}

function codeOf(error: unknown): string {
  const { name, cause } = error as Error & { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : name;
}
