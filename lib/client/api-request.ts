import type { SignatureV4 } from '@smithy/signature-v4';
import { ApiError, type ApiProblem } from './errors.ts';

/** One request to the API, signed with AWS credentials. @throws ApiError when it answers other than 2xx */
export async function apiRequest<T>(
  apiUrl: string,
  signerOf: () => Promise<SignatureV4>,
  method: 'GET' | 'POST',
  path: string,
  body?: unknown,
): Promise<T> {
  const url = new URL(`${apiUrl.replace(/\/$/, '')}${path}`);
  const text = body === undefined ? undefined : JSON.stringify(body);
  const signer = await signerOf();
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port && { port: Number(url.port) }),
    path: url.pathname,
    headers: { host: url.host, ...(text !== undefined && { 'content-type': 'application/json' }) },
    ...(text !== undefined && { body: text }),
  });
  const answer = await fetch(url, {
    method,
    headers: signed.headers,
    ...(text !== undefined && { body: text }),
  });
  const content = await answer.text();
  if (!answer.ok) throw new ApiError(answer.status, parseProblem(content));
  return JSON.parse(content) as T;
}

function parseProblem(content: string): ApiProblem {
  try {
    return JSON.parse(content) as ApiProblem;
  } catch {
    return { detail: content.slice(0, 200) };
  }
}
