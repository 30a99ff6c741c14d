import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the service behind the proxy seems to be. */
export type Mode = 'well' | 'errors' | 'hangs' | 'refuses';

/** Stands before an HTTP endpoint of AWS and breaks it when told to. */
export class FaultyProxy {
  mode: Mode = 'well';
  /** Requests since the last look. */
  requests = 0;
  readonly #target: URL;
  #server: Server | undefined;
  #port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async set(mode: Mode): Promise<void> {
    if (mode === 'refuses') await this.stop();
    this.mode = mode;
    if (mode !== 'refuses' && !this.#server) await this.start();
  }

  async start(): Promise<void> {
    const server = createServer((incoming, outgoing) => {
      this.requests++;
      if (this.mode === 'hangs') return;
      if (this.mode === 'errors') {
        const type = { 'content-type': 'application/x-amz-json-1.0' };
        outgoing.writeHead(500, type).end('{"__type":"InternalServerError","message":"broken on purpose"}');
        return;
      }
      // The signature covers the host that the caller asked, so the headers stay as they are.
      const { method = 'POST', url = '/', headers } = incoming;
      const { hostname, port } = this.#target;
      const forwarded = request({ hostname, port, method, path: url, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    await new Promise<void>((done) => server.listen(this.#port, '127.0.0.1', done));
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    await new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    });
  }
}
