import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of an AWS API. */
export interface Call {
  /** `X-Amz-Target`, such as `Firehose_20150804.PutRecordBatch`. */
  readonly target: string;
  readonly body: Buffer;
  /** Passes it on as it came. */
  forward(): Promise<Reply>;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FaultProxy {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Stands between a client and an AWS endpoint: `answer` passes each call on, or answers in its place. */
export async function startFaultProxy(
  upstream: string,
  answer: (call: Call) => Promise<Reply>,
): Promise<FaultProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    // The headers as they are, the host among them: they are signed.
    const forward = () =>
      exchange(new URL(incoming.url ?? '/', upstream), incoming.method ?? 'POST', incoming.headers, body);
    const target = String(incoming.headers['x-amz-target'] ?? '');
    const reply = await answer({ target, body, forward }).catch((): Reply => error(502, 'BadGateway'));
    outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

/** An answer in JSON, as AWS gives it. */
export function reply(status: number, body: object): Reply {
  const content = Buffer.from(JSON.stringify(body));
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'content-length': String(content.length) };
  return { status, headers, body: content };
}

/** An error by its name, as AWS gives it. */
export function error(status: number, name: string): Reply {
  return reply(status, { __type: name, message: 'a fault of the proxy' });
}

function exchange(url: URL, method: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Reply> {
  return new Promise((done, fail) => {
    const sending = request(url, { method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const content = Buffer.concat(chunks);
      const { 'transfer-encoding': _, ...rest } = response.headers;
      done({
        status: response.statusCode ?? 500,
        headers: { ...rest, 'content-length': String(content.length) },
        body: content,
      });
    });
    sending.on('error', fail);
    sending.end(body);
  });
}
