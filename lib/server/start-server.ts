import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConflictError } from '#core/errors.ts';
import { readBody } from './read-body.ts';
import { problemReply, type Reply } from './reply.ts';
import { route, type ServedModel } from './routes.ts';

/** A request that was answered: never what it held. */
export interface ServedLine {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly method: string;
  /** At most 200 characters. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  /** Of a fault of ours. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string };
}

export interface ServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** @default every address of the machine */
  readonly host?: string | undefined;
  readonly report: (line: ServedLine) => void;
}

export interface RunningServer {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no more connections, finishes the requests in flight and closes; those that last longer than 8 s are cut. */
  stop(): Promise<void>;
}

/** Longer than load balancers keep idle connections (60 s on AWS): they must be the ones to close. */
const KEEP_ALIVE_MS = 75_000;
const REQUEST_MS = 30_000;
const FINISH_MS = 8_000;

/** Serves a model over HTTP/1.1. @throws ConflictError when the port is taken */
export async function startServer(
  served: ServedModel,
  { port, host, report }: ServerOptions,
): Promise<RunningServer> {
  let stopping = false;
  const server = createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS },
    async (request, response) => {
      const start = performance.now();
      const [path = ''] = (request.url ?? '').split('?');
      let fault: Error | undefined;
      const note = (ours: Error) => {
        fault = ours;
      };
      const reply = await answer(served, request, path, note).catch((error: unknown) =>
        problemReply(error, note),
      );
      send(response, reply, stopping || !request.complete);
      report({
        at: new Date().toISOString(),
        method: request.method ?? '',
        path: path.slice(0, 200),
        status: reply.status,
        ms: Math.round((performance.now() - start) * 1000) / 1000,
        ...(fault && {
          error: { name: fault.name, message: fault.message, stack: fault.stack ?? '' },
        }),
      });
    },
  );
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' ? new ConflictError(`port ${port} is taken: name another`) : error),
    );
    server.listen(port, host, () => {
      server.removeAllListeners('error');
      done();
    });
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    stop: () =>
      new Promise((done) => {
        stopping = true;
        const cut = setTimeout(() => server.closeAllConnections(), FINISH_MS);
        server.close(() => {
          clearTimeout(cut);
          done();
        });
        server.closeIdleConnections();
      }),
  };
}

async function answer(
  served: ServedModel,
  request: IncomingMessage,
  path: string,
  report: (fault: Error) => void,
): Promise<Reply> {
  const body = await readBody(request);
  return route(served, { method: request.method ?? '', path, headers: request.headers, body }, report);
}

function send(response: ServerResponse, { status, headers, body }: Reply, close: boolean): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    ...(close && { connection: 'close' }),
  });
  response.end(body);
}
