import { UnreachableError } from '#core/errors.ts';

/** As Node.js names connections that do not come about or break off. */
const BROKEN: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

/**
 * Node.js gives most broken connections the name `Error`, which state machines cannot tell from a mistake.
 * @throws UnreachableError for those, which they try again; all else as it is
 */
export async function reaching<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (!BROKEN.has(code)) throw error;
    throw new UnreachableError(`no connection, ${code}: ${message}`, { cause: error });
  }
}

/** Does so for the calls of a client of the AWS SDK, once its own attempts are over: `client.middlewareStack.add(tellUnreachable, ONCE)`. */
export const tellUnreachable =
  <Call, Answer>(next: (call: Call) => Promise<Answer>) =>
  (call: Call): Promise<Answer> =>
    reaching(() => next(call));

/** However many adapters share the client. */
export const ONCE = { step: 'initialize', name: 'tellUnreachable', override: true } as const;
