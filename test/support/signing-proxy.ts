import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';

export interface SigningProxyProps {
  /** Where requests go, such as `https://abc.execute-api.eu-west-1.amazonaws.com`. */
  readonly target: string;
  readonly region: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Headers that belong to one connection, or that the signer writes itself. */
const OWN = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding']);

/**
 * A server on this machine that signs what it is sent and passes it on, for clients that cannot sign.
 * @returns `url` as `host:port`; `close` ends it
 */
export async function startSigningProxy({ target, region, credentials }: SigningProxyProps) {
  const signer = new SignatureV4({ service: 'execute-api', region, credentials, sha256: Sha256 });
  const server = createServer(async (request, response) => {
    try {
      const answer = await forward(request);
      response.writeHead(answer.status, [...answer.headers].filter(([name]) => !OWN.has(name)).flat());
      response.end(Buffer.from(await answer.arrayBuffer()));
    } catch (error) {
      response.writeHead(502).end(String(error));
    }
  });

  async function forward(request: IncomingMessage): Promise<Response> {
    const url = new URL(`${target.replace(/\/$/, '')}${request.url}`);
    const body = Buffer.concat(await request.toArray());
    const given = Object.entries(request.headers).filter(([name]) => !OWN.has(name));
    const { headers } = await signer.sign({
      method: request.method ?? 'GET',
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port && { port: Number(url.port) }),
      path: url.pathname,
      headers: { ...(Object.fromEntries(given) as Record<string, string>), host: url.host },
      ...(body.length > 0 && { body }),
    });
    return fetch(url, { method: request.method ?? 'GET', headers, ...(body.length > 0 && { body }) });
  }

  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise<void>((done) => void server.close(() => done())),
  };
}
