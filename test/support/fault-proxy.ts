import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One call of an AWS API. */
export interface Call {
  /** `X-Amz-Target`, such as `Firehose_20150804.PutRecordBatch`. */
  readonly target: string;
  /** `GET /bucket/key`. */
  readonly line: string;
  readonly body: Buffer;
  /** The caller's end of the connection. */
  readonly port: number;
  /** Passes it on as it came. */
  forward(): Promise<Reply>;
  /** Breaks the connection off: whatever the answer is, it does not arrive. */
  cut(): void;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FaultProxy {
  /** Of as long as it lives. */
  readonly endpoint: string;
  /** Refuses connections, the open ones among them, or takes them again. */
  refuse(isRefusing: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Stands between a client and an AWS endpoint: `answer` passes each call on, or answers in its place. */
export async function startFaultProxy(
  upstream: string,
  answer: (call: Call) => Promise<Reply>,
): Promise<FaultProxy> {
  const server = createServer(async (incoming, outgoing) => {
    const body = await bytesOf(incoming).catch(() => undefined);
    if (!body) return; // cut off when it began to refuse
    // The headers as they are, the host among them: they are signed.
    const forward = () =>
      exchange(new URL(incoming.url ?? '/', upstream), incoming.method ?? 'POST', incoming.headers, body);
    const target = String(incoming.headers['x-amz-target'] ?? '');
    const call = {
      target,
      line: `${incoming.method} ${incoming.url}`,
      body,
      port: incoming.socket.remotePort ?? 0,
      forward,
      cut: () => void incoming.socket.destroy(),
    };
    const reply = await answer(call).catch((): Reply => error(502, 'BadGateway'));
    outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  });
  const listen = (port: number) => new Promise<void>((done) => server.listen(port, '127.0.0.1', done));
  const close = () =>
    new Promise<void>((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    refuse: async (isRefusing) => {
      if (isRefusing === server.listening) await (isRefusing ? close() : listen(port));
    },
    close,
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

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  return Buffer.concat(await message.toArray());
}

function exchange(url: URL, method: string, headers: IncomingHttpHeaders, body: Buffer): Promise<Reply> {
  return new Promise((done, fail) => {
    const sending = request(url, { method, headers }, async (response) => {
      const content = await bytesOf(response);
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
