import { type Answer, answerOf, type Credentials, sendSigned } from '#test/support/send-signed.ts';
import { outputs } from './deployment.ts';

export type { Answer, Credentials };

/** One signed request with exactly these bytes as its body. */
export function send(
  method: 'GET' | 'POST',
  path: string,
  body?: string | Uint8Array,
  credentials?: Credentials,
): Promise<Answer> {
  return sendSigned(outputs, { method, path, body, credentials });
}

/** One request without any signature. */
export async function sendUnsigned(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
  return answerOf(await fetch(`${outputs.apiUrl}${path}`, { method, ...(body !== undefined && { body }) }));
}
