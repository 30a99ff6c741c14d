import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Outputs } from '#lib/client/outputs.ts';

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

interface SignedRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string | Uint8Array | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** @default the API's */
  readonly service?: string;
  /** @default the deployment's own */
  readonly credentials?: Credentials | undefined;
}

/** One signed request with exactly these bytes as its body, said to be JSON where its headers say nothing else. */
export async function sendSigned(
  outputs: Pick<Outputs, 'apiUrl' | 'region' | 'credentials'>,
  {
    method,
    path,
    body,
    headers,
    service = 'execute-api',
    credentials = outputs.credentials as Credentials,
  }: SignedRequest,
): Promise<Answer> {
  const url = new URL(`${outputs.apiUrl}${path}`);
  const content = body === undefined ? {} : { body };
  const signer = new SignatureV4({
    service,
    region: outputs.region,
    credentials,
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    port: Number(url.port),
    path: url.pathname,
    headers: { host: url.host, 'content-type': 'application/json', ...headers },
    ...content,
  });
  return answerOf(await fetch(url, { method, headers: signed.headers, ...(content as { body?: string }) }));
}

export async function answerOf(response: Response): Promise<Answer> {
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: await response.text(),
  };
}
