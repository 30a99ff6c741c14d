import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { PredictionAnswer } from '#core/serve/answer.ts';
import type { Outputs } from '#lib/client/outputs.ts';

/** A request and what became of it; instants are epoch milliseconds. */
export interface Sent {
  readonly requestId: string;
  /** When it was due: what it waited to be sent is in its latency. */
  readonly dueAt: number;
  readonly answeredAt: number;
  /** 0 when no answer came. */
  readonly status: number;
  readonly answer?: PredictionAnswer;
}

/** Requests that come as they come, however long others take: an open loop. */
export class Traffic {
  readonly sent: Sent[] = [];
  readonly #post: (requestId: string) => Promise<{ status: number; body: string }>;
  #number = 0;

  private constructor(post: (requestId: string) => Promise<{ status: number; body: string }>) {
    this.#post = post;
  }

  /** Signed once: the signature holds for minutes, and the request's id is not part of it. */
  static async to({ apiUrl, region, credentials }: Outputs, path: string, body: string): Promise<Traffic> {
    const url = new URL(`${apiUrl}${path}`);
    const signer = new SignatureV4({
      service: 'execute-api',
      region,
      credentials: credentials as NonNullable<typeof credentials>,
      sha256: Sha256,
    });
    const { headers } = await signer.sign({
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      port: Number(url.port),
      path: url.pathname,
      headers: { host: url.host, 'content-type': 'application/json' },
      body,
    });
    const agent = new Agent({ keepAlive: true });
    return new Traffic(
      (requestId) =>
        new Promise((done, fail) => {
          const all = { ...headers, 'x-request-id': requestId, 'content-length': Buffer.byteLength(body) };
          const sending = request(url, { method: 'POST', agent, headers: all }, (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', fail);
            response.on('end', () =>
              done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
            );
          });
          sending.on('error', fail);
          sending.end(body);
        }),
    );
  }

  /** Sends so many a second for so long, and waits for the answers. @returns what was sent, in order of the answers */
  async send(perSecond: number, seconds: number): Promise<Sent[]> {
    const start = Date.now();
    const before = this.sent.length;
    const waiting: Promise<void>[] = [];
    for (let index = 0; index < perSecond * seconds; index++) {
      const dueAt = start + (index * 1000) / perSecond;
      const wait = dueAt - Date.now();
      if (wait > 1) await sleep(wait);
      waiting.push(this.#one(dueAt));
    }
    await Promise.all(waiting);
    return this.sent.slice(before);
  }

  async #one(dueAt: number): Promise<void> {
    const requestId = `bench-${this.#number++}`;
    const { status, body } = await this.#post(requestId).catch(() => ({ status: 0, body: '' }));
    const answeredAt = Date.now();
    const answer = status === 200 ? { answer: JSON.parse(body) as PredictionAnswer } : {};
    this.sent.push({ requestId, dueAt, answeredAt, status, ...answer });
  }
}

/** The latency, milliseconds, that this share of the requests did not exceed. */
export function latency(sent: readonly Sent[], share: number): number {
  const sorted = sent.map(({ dueAt, answeredAt }) => answeredAt - dueAt).sort((a, b) => a - b);
  return Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? 0);
}
