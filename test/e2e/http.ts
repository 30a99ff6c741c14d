import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { outputs } from './deployment.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: string;
}

/** One signed request with exactly these bytes as its body. */
export async function send(
  method: 'GET' | 'POST',
  path: string,
  body: string | Uint8Array | undefined = undefined,
  credentials: Credentials = outputs.credentials as Credentials,
): Promise<Answer> {
  const url = addressOf(path);
  const content = body === undefined ? {} : { body };
  const signer = new SignatureV4({
    service: 'execute-api',
    region: outputs.region,
    credentials,
    sha256: Sha256,
  });
  const { headers } = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, 'content-type': 'application/json' },
    ...content,
  });
  return answerOf(await fetch(url, { method, headers, ...(content as { body?: string }) }));
}

/** One request without any signature. */
export async function sendUnsigned(method: 'GET' | 'POST', path: string, body?: string): Promise<Answer> {
  return answerOf(await fetch(addressOf(path), { method, ...(body !== undefined && { body }) }));
}

function addressOf(path: string): URL {
  return new URL(`${outputs.apiUrl}${path}`);
}

async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.text(),
  };
}
