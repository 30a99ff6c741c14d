import { ApiError } from '#lib/client/errors.ts';
import { plain } from './printer.ts';

/**
 * An error as a command tells it: `Name: message` on one line, then each wrong field of a request. A service
 * that does not answer says how to start it.
 * @param endpoint the deployment's address of AWS, null for AWS itself
 */
export function describeError(error: unknown, endpoint: string | null): string {
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
  const code = connectionFailure(error);
  if (code) {
    const where = endpoint ?? 'AWS';
    const advice = endpoint ? ': is "npm start" running?' : '';
    return `NotReachableError: nothing answers at ${where} (${code})${advice}`;
  }
  if (error instanceof ApiError) {
    const kind = error.problem.type?.split(':').at(-1) ?? error.name;
    const { errors = [] } = error.problem;
    if (errors.length === 0) return `${kind}: ${plain(message)}`;
    const fields = errors.map(({ field, expected, got }) => `  ${field}: expected ${expected}, got ${got}`);
    const wrong = errors.length === 1 ? 'a wrong field' : `${errors.length} wrong fields`;
    return [`${kind}: the request has ${wrong}`, ...fields.map(plain)].join('\n');
  }
  const reason = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${name}: ${`${message}${reason}`.split('\n').map(plain).join('\n')}`;
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

function connectionFailure(error: unknown): string | undefined {
  for (let link = error; link instanceof Error; link = link.cause) {
    const { code } = link as NodeJS.ErrnoException;
    if (code && UNREACHABLE.has(code)) return code;
  }
  return undefined;
}
