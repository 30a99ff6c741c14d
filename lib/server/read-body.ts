import type { IncomingMessage } from 'node:http';
import { BadRequestError } from '#core/serve/problem-document.ts';
import { MAX_BODY_BYTES, tooLarge } from '#core/serve/request-rules.ts';

/** Of a body that is too large, what is read and dropped so that its sender gets to read the answer. */
const MAX_DROPPED_BYTES = 64 * 2 ** 20;

/** @throws BadRequestError (413) when it is too large, (400) when it breaks off */
export async function readBody(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes > MAX_DROPPED_BYTES) break;
    }
  } catch {
    throw new BadRequestError(400, 'the body broke off before its end');
  }
  if (bytes > MAX_BODY_BYTES) throw tooLarge();
  return Buffer.concat(chunks);
}
